/** The package `lib` of `appAndLib`, whose function gives this text. */
export function libOf(text: string): string {
  return `package lib\n\nfunc Name() string { return "${text}" }\n`;
}

/** The smallest module in which something is dragged along: a program and the package that it imports. */
export const appAndLib = {
  "go.mod": "module example.com/m\n\ngo 1.24\n",
  "main.go": 'package main\n\nimport "example.com/m/lib"\n\nfunc main() { println(lib.Name()) }\n',
  "lib/lib.go": libOf("lib"),
};
