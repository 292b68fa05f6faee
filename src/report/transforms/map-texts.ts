/** A plain value with every text in it changed; keys of objects stay. What no change touches is the same value. */
export function mapTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === "string") return change(value) as T;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const changed = value.map((each) => mapTexts(each, change));
    return (changed.some((each, at) => each !== value[at]) ? changed : value) as T;
  }
  let isSame = true;
  const changed: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(value)) {
    const mapped = mapTexts(each, change);
    if (mapped !== each) isSame = false;
    Object.defineProperty(changed, name, {
      value: mapped,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return isSame ? value : (changed as T);
}
