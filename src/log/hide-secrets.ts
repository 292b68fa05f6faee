/**
 * What keeps secrets out of all that is kept or shown. One entry point: `hideInText` for a text (a line, a message, a whole
 * file), `hideInWords`, `hideInFlagText` and `hideInLinkText` for what a command line or a flag holds, `hideInBlock` for the inputs
 * of a key, `hideVariable` for a variable that a test reads. docs/security.md tells what they find and what they don't.
 */
export { hideInBlock } from "./hide/hide-in-block.ts";
export { hideInText, hideShapes } from "./hide/hide-in-text.ts";
export { hideInFlagText, hideInLinkText, hideInLinkWords, hideInWords } from "./hide/hide-in-words.ts";
export { type Place, shortenPlaces } from "./hide/places.ts";
export { isSecretName } from "./hide/secret-name.ts";
export {
  createHide,
  createRekey,
  type Hidden,
  type Hide,
  hideDigest,
  isToken,
  tokensIn,
} from "./hide/token.ts";
export { isHarmlessValue } from "./hide/value-looks.ts";
export { hideVariable, isShownVariable, showVariable } from "./hide/variables.ts";
