/* Files on their way to the server, one request each, with progress; they become part of a message when it is sent. */
export function upload(url, file, { onProgress, onDone, onFailed }) {
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.set("file", file, file.name);
  request.open("POST", url);
  request.responseType = "json";
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-CSRFToken", document.querySelector("#act input[name=csrfmiddlewaretoken]").value);
  request.upload.addEventListener("progress", (event) => onProgress(event.loaded / (event.total || 1)));
  request.addEventListener("load", () => (request.status === 201 ? onDone(request.response) : onFailed(request.response?.words)));
  request.addEventListener("error", () => onFailed());
  request.send(body);
  return request;
}
