/* Says when a passkey did not work: the account library only logs it. The words wait in [data-passkey-failed]. */
document.addEventListener("allauth.error", () => {
  for (const words of document.querySelectorAll("[data-passkey-failed]")) words.hidden = false;
});
