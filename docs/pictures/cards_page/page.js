// Draws Adaptive Cards about as Teams does. cards.py calls `draw`.
"use strict";

const LIGHT = {
  ink: "#242424", soft: "#616161", accent: "#5b5fc7", good: "#237b4b", warning: "#835c00", attention: "#c4314b",
  emphasis: "#f5f5f5", goodPaper: "#e7f2da", warningPaper: "#fbf6d9", attentionPaper: "#fcf4f6", accentPaper: "#e8ebfa",
  paper: "#ffffff", line: "#e0e0e0",
};
const DARK = {
  ink: "#ffffff", soft: "#adadad", accent: "#9299f7", good: "#92c353", warning: "#f8d22a", attention: "#f9526b",
  emphasis: "#1f1f1f", goodPaper: "#0d2e0d", warningPaper: "#463100", attentionPaper: "#3e1f25", accentPaper: "#2f2f4a",
  paper: "#292929", line: "#525252",
};

function hostConfig(colours) {
  const one = (colour) => ({ default: colour, subtle: colours.soft });
  const foregroundColors = {
    default: one(colours.ink), accent: one(colours.accent), good: one(colours.good), warning: one(colours.warning),
    attention: one(colours.attention), dark: one(colours.ink), light: one(colours.soft),
  };
  const surface = (backgroundColor) => ({ backgroundColor, foregroundColors });
  return {
    spacing: { none: 0, small: 4, default: 8, medium: 16, large: 20, extraLarge: 24, padding: 16 },
    separator: { lineThickness: 1, lineColor: colours.line },
    supportsInteractivity: true,
    fontTypes: {
      default: fonts('"Segoe UI", "Liberation Sans", "Noto Color Emoji", sans-serif'),
      monospace: fonts('Consolas, "DejaVu Sans Mono", monospace'),
    },
    containerStyles: {
      default: surface(colours.paper), emphasis: surface(colours.emphasis), good: surface(colours.goodPaper),
      warning: surface(colours.warningPaper), attention: surface(colours.attentionPaper), accent: surface(colours.accentPaper),
    },
    actions: {
      maxActions: 6, spacing: "default", buttonSpacing: 8, actionsOrientation: "horizontal", actionAlignment: "left",
      showCard: { actionMode: "inline", inlineTopMargin: 8 },
    },
    adaptiveCard: { allowCustomStyle: false },
    factSet: { title: { weight: "bolder", wrap: true, maxWidth: 150 }, value: { wrap: true }, spacing: 16 },
    inputs: {
      label: { inputSpacing: "small", requiredInputs: { weight: "bolder", suffix: " *", suffixColor: "attention" }, optionalInputs: { weight: "bolder" } },
      errorMessage: { spacing: "small", weight: "default", size: "small" },
    },
    table: { cellSpacing: 8 },
  };
}

function fonts(fontFamily) {
  return {
    fontFamily,
    fontSizes: { small: 12, default: 14, medium: 16, large: 18, extraLarge: 24 },
    fontWeights: { lighter: 300, default: 400, bolder: 600 },
  };
}

const markdown = window.markdownit();
AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markdown.render(text);
  result.didProcess = true;
};

window.draw = ({ pictures, theme, sheet, opened }) => {
  document.documentElement.dataset.theme = theme;
  document.documentElement.dataset.sheet = String(sheet);
  const problems = [];
  document.getElementById("root").replaceChildren(...pictures.map((each) => figure(each, theme, opened, problems)));
  if (sheet) arrange();
  return problems;
};

function figure({ name, card, width, dialog }, theme, opened, problems) {
  const drawn = new AdaptiveCards.AdaptiveCard();
  drawn.hostConfig = new AdaptiveCards.HostConfig(hostConfig(theme === "dark" ? DARK : LIGHT));
  const context = new AdaptiveCards.SerializationContext();
  drawn.parse(opened ? withQuestions(card) : card, context);
  for (let at = 0; at < context.eventCount; at++) problems.push(`${name}: ${context.getEventAt(at).message}`);
  const element = document.createElement("figure");
  element.style.width = `${width}px`;
  const caption = document.createElement("figcaption");
  caption.textContent = name;
  const frame = document.createElement("div");
  frame.className = "frame";
  if (dialog) {
    const head = document.createElement("header");
    head.textContent = dialog;
    frame.append(head);
  }
  frame.append(drawn.render());
  element.append(caption, frame);
  return element;
}

// As it looks once the buttons that ask first are pressed.
function withQuestions(card) {
  return JSON.parse(JSON.stringify(card), (name, value) => (name === "isVisible" ? true : value));
}

// Every picture into the column that is shortest so far.
function arrange() {
  const figures = [...document.querySelectorAll("figure")];
  const heights = Array(Math.floor(document.body.clientWidth / (figures[0].offsetWidth + 16))).fill(0);
  for (const each of figures) {
    const column = heights.indexOf(Math.min(...heights));
    each.style.left = `${column * (each.offsetWidth + 16)}px`;
    each.style.top = `${heights[column]}px`;
    heights[column] += each.offsetHeight + 16;
  }
  document.getElementById("root").style.height = `${Math.max(...heights)}px`;
}
