/** The sentences of gocache-why, each written once and shown by every face: terminal, Markdown, HTML, JSON. */
export { type Advice, adviceOf, adviceText } from "./wording/advice.ts";
export { type CauseFact, noContext, type WordingContext } from "./wording/context.ts";
export { listText, packageName, programsText } from "./wording/names.ts";
export { countText, numberText, secondsText } from "./wording/numbers.ts";
export { summaryOf } from "./wording/summary.ts";
export { changeText, differOnlyInSpaces, shortenMiddle, valueText, visibleText } from "./wording/values.ts";
