/* Recording a voice message: one press begins, the next ends. The microphone is asked for then, not before. */
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const LONGEST_MS = 5 * 60000;

export const canRecord = () => Boolean(window.MediaRecorder && navigator.mediaDevices?.getUserMedia);

export class Voice {
  #recorder = null;

  get on() {
    return this.#recorder?.state === "recording";
  }

  /** Begin; resolves to a File when `stop` is called. Rejects when the microphone is refused. */
  async record() {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = (this.#recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {}));
    const pieces = [];
    recorder.ondataavailable = (event) => event.data.size && pieces.push(event.data);
    const ended = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    const timer = setTimeout(() => this.stop(), LONGEST_MS);
    return {
      done: ended.then(() => {
        clearTimeout(timer);
        stream.getTracks().forEach((track) => track.stop());
        const type = recorder.mimeType.split(";")[0];
        return new File(pieces, `voice.${type.split("/")[1]}`, { type });
      }),
    };
  }

  stop() {
    if (this.on) this.#recorder.stop();
  }
}
