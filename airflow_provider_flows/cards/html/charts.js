// Draws each chart where its specification stands. Expressions are interpreted, so the page needs no `eval`.
var dark = matchMedia("(prefers-color-scheme: dark)");
function drawCharts() {
  var soft = dark.matches ? "#98a3b1" : "#5b6572", line = dark.matches ? "#2f3640" : "#dde2e8";
  var axis = { gridColor: line, domainColor: soft, tickColor: soft, labelColor: soft, titleColor: soft, labelFontSize: 12, titleFontSize: 12 };
  var config = {
    background: "transparent", font: "system-ui, sans-serif", axis: axis, view: { stroke: "transparent" },
    legend: { labelColor: soft, titleColor: soft, labelFontSize: 12, titleFontSize: 12 }
  };
  document.querySelectorAll(".chart").forEach(function (chart) {
    var given = JSON.parse(chart.querySelector("script").textContent), place = chart.querySelector(".drawn");
    var options = {
      actions: given.options.actions, ast: true, renderer: "svg", theme: dark.matches ? "dark" : undefined, config: config
    };
    vegaEmbed(place, given.spec, options).catch(function (error) {
      place.textContent = "The chart cannot be drawn: " + error.message;
    });
  });
}
dark.addEventListener("change", drawCharts);
drawCharts();
