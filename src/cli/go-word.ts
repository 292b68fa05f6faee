const form = /^(.*[/\\])?(go|go1(\.\d+)*((rc|beta)\d+)?|gotip)(\.exe)?$/;

/** `go`, a path to it, or a versioned command (`go1.25.5`, `gotip`). */
export function isGoWord(word: string): boolean {
  return form.test(word);
}
