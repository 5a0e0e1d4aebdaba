/* The console's behaviour: one small module per subject; each page part works as HTML without it. */
import "./times.js";
import "./panes.js";
import "./list.js";
import "./thread.js";
import "./composer.js";
import "./cards.js";
import "./templates.js";
import "./window.js";
import "./voice.js";
import "./company.js";
import "./keys.js";
