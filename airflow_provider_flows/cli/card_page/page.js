// Lists the cards of the run and shows one of them; asks again every few seconds and shows what has changed.
const list = document.getElementById("list"), shown = document.getElementById("shown"), run = document.getElementById("run");
let chosen = null, current = null;

function choose(path) {
  chosen = path;
  current = null;
  refresh();
}

async function refresh() {
  const answer = await (await fetch("cards.json")).json();
  run.textContent = answer.problem || (answer.run ? "Run " + answer.run : "No run yet.");
  if (answer.problem) return answer.poll;
  const cards = answer.cards;
  if (!cards.some((card) => card.path === chosen)) chosen = cards.length ? cards[0].path : null;
  list.replaceChildren(...cards.map(item));
  const card = cards.find((each) => each.path === chosen);
  if (card) await show(card);
  return answer.poll;
}

function item(card) {
  const button = document.createElement("button"), about = document.createElement("small");
  button.textContent = card.title;
  about.textContent = card.about;
  if (card.state !== "final") {
    const state = document.createElement("span");
    state.className = card.state;
    state.textContent = " · " + card.state;
    about.append(state);
  }
  button.append(about);
  button.setAttribute("aria-current", card.path === chosen);
  button.onclick = () => choose(card.path);
  const place = document.createElement("li");
  place.append(button);
  return place;
}

async function show(card) {
  const frame = shown.querySelector("iframe");
  if (!frame || !current || current.path !== card.path || (card.written && current.hash !== card.hash)) {
    const fresh = document.createElement("iframe");
    fresh.setAttribute("sandbox", "allow-scripts");
    fresh.title = card.title;
    fresh.src = "card/" + card.path;
    shown.replaceChildren(fresh);
  } else if (current.hash !== card.hash || current.data !== card.data) {
    const answer = await (await fetch("main/" + card.path)).json();
    frame.contentWindow.postMessage(card.written ? { data: answer.data } : { main: answer.main }, "*");
  }
  current = card;
}

async function follow() {
  let poll = 5;
  try {
    poll = await refresh();
  } catch (error) {
    run.textContent = "The server does not answer.";
  }
  setTimeout(follow, 1000 * poll);
}
follow();
