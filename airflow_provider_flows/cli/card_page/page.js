// Lists the cards of the run and shows one of them; asks again every few seconds and shows what has changed.
const list = document.getElementById("list"), shown = document.getElementById("shown"), run = document.getElementById("run");
const buttons = new Map();
let cards = [], chosen = null, current = null;

async function refresh() {
  const answer = await (await fetch("cards.json")).json();
  run.textContent = answer.problem || (answer.run ? "Run " + answer.run : "No run yet.");
  if (answer.problem) return answer.poll;
  cards = answer.cards;
  if (!find(chosen)) chosen = cards.length ? cards[0].path : null;
  showList();
  await showCard();
  return answer.poll;
}

function find(path) {
  return cards.find((card) => card.path === path);
}

// A button stays the same element as long as its card is there, so that clicks and the keyboard's focus are not lost.
function showList() {
  for (const [path, button] of buttons) {
    if (!find(path)) {
      button.parentElement.remove();
      buttons.delete(path);
    }
  }
  for (const card of [...cards].reverse()) {
    if (!buttons.has(card.path)) list.prepend(newItem(card));
    const button = buttons.get(card.path), state = button.querySelector("span");
    state.className = card.state;
    state.textContent = card.state === "final" ? "" : " · " + card.state;
    button.setAttribute("aria-current", card.path === chosen);
  }
}

function newItem(card) {
  const item = document.createElement("li"), button = document.createElement("button"), about = document.createElement("small");
  about.append(card.about, document.createElement("span"));
  button.append(card.title, about);
  button.onclick = () => {
    chosen = card.path;
    showList();
    showCard();
  };
  buttons.set(card.path, button);
  item.append(button);
  return item;
}

async function showCard() {
  const card = find(chosen), frame = shown.querySelector("iframe"), before = current;
  current = card;
  if (!card) {
    shown.replaceChildren();
  } else if (!frame || !before || before.path !== card.path || (card.written && before.hash !== card.hash)) {
    const fresh = document.createElement("iframe");
    fresh.setAttribute("sandbox", "allow-scripts");
    fresh.title = card.title;
    fresh.src = "card/" + card.path;
    shown.replaceChildren(fresh);
  } else if (before.hash !== card.hash || before.data !== card.data) {
    const answer = await (await fetch("main/" + card.path)).json();
    if (current !== card) return; // somebody chose another one meanwhile
    frame.contentWindow.postMessage(card.written ? { data: answer.data } : { main: answer.main }, "*");
  }
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
