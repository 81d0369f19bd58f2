// Draws each chart where its specification stands. Expressions are interpreted, so the page needs no `eval`.
(function () {
  var dark = matchMedia("(prefers-color-scheme: dark)");
  function draw() {
    document.querySelectorAll(".chart").forEach(function (chart) {
      var given = JSON.parse(chart.querySelector("script").textContent);
      var options = {
        actions: given.options.actions, ast: true, renderer: "svg", theme: dark.matches ? "dark" : undefined,
        config: { background: "transparent", font: "system-ui, sans-serif" }
      };
      vegaEmbed(chart.querySelector(".drawn"), given.spec, options).catch(function (error) {
        chart.querySelector(".drawn").textContent = "The chart cannot be drawn: " + error.message;
      });
    });
  }
  dark.addEventListener("change", draw);
  draw();
})();
