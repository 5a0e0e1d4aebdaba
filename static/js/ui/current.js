/* On a phone the portal's rail is a row that scrolls: show where one is. */
document
  .querySelector(".portal > .rail [aria-current]")
  ?.scrollIntoView({ block: "nearest", inline: "center", behavior: "instant" });
