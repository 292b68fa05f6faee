import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A small real module: two packages in a row below one program. It needs little of the standard library. */
const files = {
  "go.mod": "module example.com/shop\n\ngo 1.22\n",
  "price/price.go": `package price

// Cents is an amount of money.
type Cents int64

// WithTax adds the tax that everybody pays.
func WithTax(net Cents) Cents { return net * 119 / 100 }
`,
  "cart/cart.go": `package cart

import "example.com/shop/price"

// Total is what the items cost, tax included.
func Total(items []price.Cents) price.Cents {
	var sum price.Cents
	for _, item := range items {
		sum += price.WithTax(item)
	}
	return sum
}
`,
  "cmd/shop/main.go": `package main

import (
	"example.com/shop/cart"
	"example.com/shop/price"
)

var version = "dev"

func main() { println("shop", version, cart.Total([]price.Cents{100, 250})) }
`,
};

/** @param {string} directory */
export function writeModule(directory) {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/** The change of the demo: another tax. @param {string} directory */
export function editModule(directory) {
  writeFileSync(join(directory, "price/price.go"), files["price/price.go"].replace("119 / 100", "107 / 100"));
}
