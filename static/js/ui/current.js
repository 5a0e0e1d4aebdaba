/* On a phone the portal's rail and the sandbox's networks are rows that scroll: show where one is. */
for (const here of document.querySelectorAll(".portal > .rail [aria-current], .networks [aria-current]"))
  here.scrollIntoView({ block: "nearest", inline: "center", behavior: "instant" });
