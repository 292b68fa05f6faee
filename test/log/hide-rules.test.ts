import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { namesOfKnownSecrets } from "../../src/log/hide/known-secrets.ts";
import { looksRandom } from "../../src/log/hide/value-looks.ts";
import {
  createHide,
  createRekey,
  hideInFlagText,
  hideInText,
  hideInWords,
  hideVariable,
  isHarmlessValue,
  isSecretName,
  isShownVariable,
  tokensIn,
} from "../../src/log/hide-secrets.ts";
import { makeSecrets } from "../e2e/secrets.ts";

const hide = createHide(Buffer.alloc(32, 7));
const masked = (text: string): string => text.replace(/<hidden:[0-9a-f]{12}>/g, "<>");

test("the rules of secretlint are those that the first look was made for", () => {
  // A rule that is added here needs its beginning in `isWorthALook` of known-secrets.ts.
  expect(namesOfKnownSecrets()).toEqual([
    "1password",
    "anthropic",
    "aws",
    "basicauth",
    "database-connection-string",
    "databricks",
    "docker",
    "figma",
    "github",
    "gitlab",
    "grafana",
    "groq",
    "hashicorp-vault",
    "huggingface",
    "linear",
    "notion",
    "npm",
    "openai",
    "privatekey",
    "sendgrid",
    "shopify",
    "slack",
    "vercel",
  ]);
});

describe("a name says that its value is a secret", () => {
  it.each([
    "DB_PASSWORD",
    "apiKey",
    "API_KEY",
    "main.githubToken",
    "GITHUBTOKEN",
    "auth-header",
    "client_secret",
    "AWS_SECRET_ACCESS_KEY",
    "pin",
  ])("%s", (name) => expect(isSecretName(name)).toBe(true));

  it.each([
    "PWD",
    "author",
    "keyboard",
    "spin",
    "monkey",
    "version",
    "main.commit",
    "KEY",
    "primary_key",
    "passes",
    "tokenizer",
    "compass",
  ])("%s does not", (name) => expect(isSecretName(name)).toBe(false));
});

describe("-X", () => {
  it.each([
    "1234",
    "123456",
    "20240101",
    "1-secret",
    "1.2.3-hunter",
    "v1.2.3+s3cr3t",
    "2024-secret",
    "1700000000",
    "1234567",
    "abcdefa",
    "2024-01-01 hunter2",
  ])("%s may be a secret", (value) => expect(isHarmlessValue(value)).toBe(false));

  it.each([
    "v1",
    "1.2",
    "v1.2.3-rc.1",
    "1.4.2-7-gabc1234-dirty",
    "v2.0.0+incompatible",
    "go1.26.8",
    "2024/01/02",
    "2024-01-01T10:11:12+00:00",
    "Mon Jan  1 10:11:12 UTC 2024",
    "1a2b3c4",
  ])("%s is none", (value) => expect(isHarmlessValue(value)).toBe(true));
});

describe("chance", () => {
  test("is seen in what a generator makes", () => {
    for (const { name, value } of makeSecrets()) {
      if (["blob", "hex_key"].includes(name)) expect([name, looksRandom(value)]).toEqual([name, true]);
    }
  });

  it.each([
    "linux-amd64-release-build",
    "someCamelCaseNameHere",
    "github.com/acme/service/internal",
    "-Wno-deprecated-declarations",
    "x86_64-unknown-linux-gnu",
    "netgo,osusergo,static_build",
    "0123456789abcdef0123456789abcdef01234567",
    "v0.0.0-20240101000000-abcdef123456",
  ])("is not in %s", (value) => expect(looksRandom(value)).toBe(false));
});

describe("words", () => {
  it.each<[string[], string[]]>([
    [
      ["-O2", "-g"],
      ["-O2", "-g"],
    ],
    [
      ["-DNDEBUG", "-DN=4", '-DVERSION="1.2.3"'],
      ["-DNDEBUG", "-DN=4", '-DVERSION="1.2.3"'],
    ],
    [["-DAPI_TOKEN=hunter"], ["-DAPI_TOKEN=<>"]],
    [
      ["-D", "API_TOKEN=hunter"],
      ["-D", "API_TOKEN=<>"],
    ],
    [['-DDB_PASSWORD="a b"'], ["-DDB_PASSWORD=<>"]],
    [["-Wl,--defsym=AUTH_TOKEN=12"], ["-Wl,--defsym=AUTH_TOKEN=<>"]],
    [
      ["--token", "hunter", "./..."],
      ["--token", "<>", "./..."],
    ],
    [["--password=hunter"], ["--password=<>"]],
    [
      ["--token", "-v"],
      ["--token", "-v"],
    ],
    [["-ldflags=-X main.k=hunter"], ["-ldflags=-X main.k=<>"]],
    [
      ["-ldflags", "-X main.k=hunter -X main.v=1.2.3"],
      ["-ldflags", "-X main.k=<> -X main.v=1.2.3"],
    ],
    [
      ["-toolexec", "wrap --api-key hunter -v"],
      ["-toolexec", "wrap --api-key <> -v"],
    ],
    [["-gcflags=all=-N -l"], ["-gcflags=all=-N -l"]],
    [["-gcflags=go/token=-N"], ["-gcflags=go/token=-N"]],
    [
      ["-run", "TestToken", "-count=1", "./pkg/token"],
      ["-run", "TestToken", "-count=1", "./pkg/token"],
    ],
    [["https://u:hunter@host/x?y"], ["https://<>@host/x?<>"]],
  ])("%j", (words, expected) => {
    expect(hideInWords(words, hide).value.map(masked)).toEqual(expected);
  });

  test("PEM that was split at its blanks is hidden to its end", () => {
    const key = makeSecrets().find(({ name }) => name === "pem_rsa");
    const found = hideInFlagText(`-DCERT=${key?.value} -g`, hide);
    for (const part of key?.parts ?? ["none"]) expect(found.value).not.toContain(part);
    expect(found.value).toMatch(/-g$/);
  });

  test("what can't be split is hidden as a whole", () => {
    expect(masked(hideInFlagText("'-DX=a", hide).value)).toBe("<>");
  });
});

describe("text", () => {
  it.each([
    ['password = "hunter"', 'password = "<>"'],
    [`password = "${"long ".repeat(900)}"`, 'password = "<>"'],
    [`PASSWORD=${"x1".repeat(3000)} y`, "PASSWORD=<> y"],
    ['password = "a\\"b" + c', 'password = "<>" + c'],
    ["  password: hunter\n", "  password: <>\n"],
    ['{"apiKey": "hunter"}', '{"apiKey": "<>"}'],
    ["DB_PASSWORD=hunter", "DB_PASSWORD=<>"],
    ["const password = `hunter`", "const password = `<>`"],
    ["Authorization: Basic aHVudGVyOmh1bnRlcg==", "Authorization: Basic <>"],
    [`token = "npm_${"a1".repeat(18)} and the rest"`, 'token = "<>"'],
    ["https://u:hunter@host/x?token=a#part", "https://<>@host/x?<>#part"],
    ["root:hunter@tcp(db:3306)/x", "<>@tcp(db:3306)/x"],
    // Code is not hidden: it names no value.
    ["token := lexer.Next()", "token := lexer.Next()"],
    ["return &Config{Token: tok, Key: k}", "return &Config{Token: tok, Key: k}"],
    ["if token == nil {", "if token == nil {"],
    ['password := os.Getenv("PW")', 'password := os.Getenv("PW")'],
    ["type T struct { Token string }", "type T struct { Token string }"],
    ["PASSWORD=$SECRET", "PASSWORD=$SECRET"],
    ["import go/token aLLsJnUUl0eXiJtgPsMM", "import go/token aLLsJnUUl0eXiJtgPsMM"],
    ["main.go:12:34: undefined: token", "main.go:12:34: undefined: token"],
    [
      "github.com/pkg/errors v0.9.1 h1:FEBLx1zS214owpjy7qsBeixbURkuhQAwrK5UwLGTwt4=",
      "github.com/pkg/errors v0.9.1 h1:FEBLx1zS214owpjy7qsBeixbURkuhQAwrK5UwLGTwt4=",
    ],
  ])("%s", (text, expected) => {
    expect(masked(hideInText(text, hide).value)).toBe(expected);
  });

  test("a secret of a known shape is found wherever it stands", () => {
    for (const { name, value, parts, hasShape } of makeSecrets()) {
      if (!hasShape) continue;
      for (const [before, after] of [
        ["", ""],
        ["a b ", " c"],
        ['x("', '")'],
        ["\n", "\n"],
        ["é", "é"],
      ]) {
        const found = hideInText(`${before}${value}${after}`, hide).value;
        for (const part of parts) expect([name, before, found.includes(part)]).toEqual([name, before, false]);
      }
    }
  });

  test("what was hidden once stays as it is", () => {
    const text = fc
      .array(
        fc.oneof(
          fc.constantFrom(...makeSecrets().map(({ value }) => value), "password=", " -X ", "\n", '"'),
          fc.string(),
        ),
      )
      .map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, (each) => {
        const once = hideInText(each, hide);
        const twice = hideInText(once.value, hide);
        // What two tokens leave between them may look like something else; it never grows.
        expect(tokensIn(twice.value).length).toBeGreaterThanOrEqual(Math.min(1, tokensIn(once.value).length));
        if (once.hidden === 0) expect(once.value).toBe(each);
      }),
      { numRuns: 300 },
    );
  });
});

describe("tokens", () => {
  test("of equal values are equal under one key, and tell nothing under another", () => {
    expect(hide("a")).toBe(hide("a"));
    expect(hide("a")).not.toBe(hide("b"));
    expect(createHide(Buffer.alloc(32, 8))("a")).not.toBe(hide("a"));
    expect(hide(hide("a"))).toBe(hide("a"));
  });

  test("of text and of its bytes are the same", () => {
    expect(hide("é")).toBe(hide(Buffer.from("é").toString("latin1")));
  });

  test("get others for a snapshot, which compare in it", () => {
    const rekey = createRekey(Buffer.alloc(32, 9));
    const text = `${hide("a")} and ${hide("b")}, ${hide("a")}`;
    const [first, second, third] = tokensIn(rekey(text));
    expect(first).toBe(third);
    expect(first).not.toBe(second);
    expect(tokensIn(text)).not.toContain(first);
    expect(rekey("no token")).toBe("no token");
  });
});

describe("variables that tests read", () => {
  const places = [
    { path: "/home/jane", name: "~" },
    { path: "/home/jane/src/app", name: "$CHECKOUT" },
  ];

  it.each([
    ["TMPDIR", "/tmp/job-1", "/tmp/job-1"],
    ["PWD", "/home/jane/src/app/x", "$CHECKOUT/x"],
    ["HOME", "/home/jane", "~"],
    ["PATH", "/home/jane/bin:/home/janet/bin", "~/bin:/home/janet/bin"],
    ["GOFLAGS", "-ldflags=-X=main.k=hunter", "-ldflags=-X=main.k=<>"],
    ["GOPROXY", "https://u:hunter@host", "https://<>@host"],
    ["DATABASE_URL", "x", "<>"],
    ["GOAUTH", "netrc", "<>"],
    ["GO_TOKEN", "x", "<>"],
    ["USER", "jane", "<>"],
    ["EMPTY", "", ""],
  ])("%s=%s is %s", (name, value, expected) => {
    expect(masked(hideVariable(name, value, hide, places).value)).toBe(expected);
  });

  test("are shown by name alone", () => {
    expect(["TZ", "LANG", "LC_ALL", "CI", "GOMAXPROCS", "CGO_CFLAGS"].every(isShownVariable)).toBe(true);
    expect(["API", "GOOGLE_API", "CI_JOB_TOKEN", "GOSECRET"].some(isShownVariable)).toBe(false);
  });
});
