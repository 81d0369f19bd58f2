// Shows what the window around this page sends: the page as it is now. Scrolling stays where it is.
addEventListener("message", function (event) {
  if (event.source !== parent || typeof event.data.main !== "string") return;
  document.querySelector("main").innerHTML = event.data.main;
  drawCharts();
});
