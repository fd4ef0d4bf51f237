// Draws messages, modals and Homes as Slack would, from their blocks. make.py calls `draw`.
import "@fontsource/lato/400.css";
import "@fontsource/lato/700.css";
import "@fontsource/lato/900.css";
import "slack-blocks-to-jsx/dist/style.css";
import "./frame.css";

import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
import { renderToStaticMarkup } from "react-dom/server";
import { Message } from "slack-blocks-to-jsx";

const LOGO =
  "data:image/svg+xml," +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36"><rect width="36" height="36" rx="8" fill="#12395b"/>' +
      '<path d="M10 18.5l5.5 5.5L26 12.5" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/></svg>',
  );
const root = createRoot(document.getElementById("root"));

window.draw = ({ pictures, theme, sheet }) => {
  document.documentElement.dataset.theme = theme;
  document.documentElement.dataset.sheet = String(sheet);
  flushSync(() => root.render(pictures.map((picture) => <Picture key={picture.name} {...picture} theme={theme} sheet={sheet} />)));
  mend(pictures);
  if (sheet) arrange();
  return [...new Set(pictures.flatMap(({ blocks }) => blocks.flatMap(unknownIn)))];
};

// Every picture into the column that is shortest so far.
function arrange() {
  const figures = [...document.querySelectorAll("figure")];
  const heights = Array(Math.floor(document.body.clientWidth / (figures[0].offsetWidth + 16))).fill(0);
  for (const figure of figures) {
    const column = heights.indexOf(Math.min(...heights));
    figure.style.left = `${column * (figure.offsetWidth + 16)}px`;
    figure.style.top = `${heights[column]}px`;
    heights[column] += figure.offsetHeight + 16;
  }
  document.getElementById("root").style.height = `${Math.max(...heights)}px`;
}

function Picture({ name, surface, width, sheet, ...rest }) {
  const Frame = { message: MessageFrame, modal: ModalFrame, home: HomeFrame }[surface];
  return (
    <figure style={{ width }} data-surface={surface}>
      {sheet && <figcaption>{name}</figcaption>}
      <div className="frame">
        {/* A form of its own: radio buttons of the same name would else unset one another. */}
        <form>
          <Frame {...rest} />
        </form>
      </div>
    </figure>
  );
}

function MessageFrame({ blocks, theme }) {
  return (
    <div className="message">
      <img src={LOGO} alt="" width="36" height="36" />
      <div className="words">
        <div className="sender">
          <b>soc2bot</b> <span>APP</span> <time>10:00</time>
        </div>
        <Blocks blocks={blocks} theme={theme} />
      </div>
    </div>
  );
}

function ModalFrame({ title, submit, close, blocks, theme }) {
  return (
    <div className="modal">
      <header>
        <img src={LOGO} alt="" width="24" height="24" />
        <b>{title}</b>
        <span>✕</span>
      </header>
      <div className="inside">
        <Blocks blocks={blocks} theme={theme} />
      </div>
      <footer>
        <span>{close}</span>
        <span className="submit">{submit}</span>
      </footer>
    </div>
  );
}

function HomeFrame({ blocks, theme }) {
  return (
    <div className="home">
      <header>
        <img src={LOGO} alt="" width="24" height="24" />
        <b>soc2bot</b>
        <nav>
          <span className="here">Home</span>
          <span>Messages</span>
          <span>About</span>
        </nav>
      </header>
      <div className="inside">
        <Blocks blocks={blocks} theme={theme} />
      </div>
    </div>
  );
}

// What the package can't draw stands there as a box with its type.
function Blocks({ blocks, theme }) {
  const runs = [];
  for (const block of blocks) {
    const unknown = unknownIn(block);
    if (unknown.length) runs.push(<div className="unknown">{unknown.join(", ")}</div>);
    else if (Array.isArray(runs.at(-1))) runs.at(-1).push(block);
    else runs.push([block]);
  }
  return runs.map((run, index) =>
    Array.isArray(run) ? <Drawn key={index} blocks={run} theme={theme} /> : <div key={index}>{run}</div>,
  );
}

function Drawn({ blocks, theme }) {
  return <Message blocks={blocks.map(asInSlack)} theme={theme} hooks={HOOKS} name="" logo="" withoutWrapper />;
}

// We write no links and no :emoji: codes, and `verbatim` keeps Slack from finding any.
const HOOKS = { link: ({ children }) => <>{children}</>, emoji: ({ name }) => <>:{name}:</> };

// Where the package differs from Slack: `verbatim` doesn't turn off markup, an optional question says so, a menu shows
// what is chosen.
function asInSlack(value) {
  if (Array.isArray(value)) return value.map(asInSlack);
  if (value === null || typeof value !== "object") return value;
  const { verbatim, ...rest } = value;
  const shown = Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, asInSlack(inner)]));
  if (shown.type === "input" && shown.optional) shown.label = { ...shown.label, text: `${shown.label.text} (optional)` };
  if (shown.initial_option && shown.type === "static_select") shown.placeholder = shown.initial_option.text;
  return shown;
}

// And what it has no property for: one line for a short answer, chosen options in full ink.
function mend(pictures) {
  const inputs = pictures.flatMap(({ blocks }) => blocks.filter(({ type }) => type === "input"));
  document.querySelectorAll(".slack_blocks_to_jsx__input").forEach((drawn, index) => {
    const { element } = inputs[index];
    if (element.type === "plain_text_input" && !element.multiline) drawn.classList.add("one-line");
    if (element.initial_option) drawn.classList.add("chosen");
    const enter = [...drawn.querySelectorAll("p")].find(({ textContent }) => textContent.startsWith("↵"));
    if (enter) enter.remove();
  });
}

const NOTHING = markup({ type: "actions", elements: [{ type: "unheard_of" }] });
const seen = new Map();

function unknownIn(block) {
  const elements = [...(block.elements ?? []), block.accessory, block.element].filter(Boolean);
  const inBlock = drawsBlock(block) ? [] : [block.type];
  return [...inBlock, ...elements.filter((one) => !drawsElement(one)).map((one) => one.type)];
}

function drawsBlock(block) {
  return remembered(`block ${block.type}`, () => markup(block) !== markup({ type: "unheard_of" }));
}

function drawsElement(element) {
  if (["mrkdwn", "plain_text"].includes(element.type)) return true;
  return remembered(`element ${element.type}`, () => markup({ type: "actions", elements: [element] }) !== NOTHING);
}

function remembered(key, answer) {
  if (!seen.has(key)) seen.set(key, answer());
  return seen.get(key);
}

function markup(block) {
  return renderToStaticMarkup(<Drawn blocks={[block]} theme="light" />);
}
