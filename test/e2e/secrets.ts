import { randomBytes, randomInt } from "node:crypto";

/** A secret, made at random for each test: none stands in the repository. */
export interface Secret {
  /** A name for a variable: letters, digits, `_`. */
  readonly name: string;
  /** What is planted. */
  readonly value: string;
  /** What may be nowhere: the value, or the part of it that is the secret. */
  readonly parts: readonly string[];
  /** Known by its shape wherever it stands; else by the place alone (a variable, `-X`, a name that says it). */
  readonly hasShape: boolean;
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";

function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
}

const word = (length: number): string => pick(letters + digits, length - 1) + pick(digits, 1);
const upper = (length: number): string => pick(letters.slice(0, 26) + digits, length);
const hex = (length: number): string => pick("0123456789abcdef", length);
const base64 = (bytes: number): string => randomBytes(bytes).toString("base64");

function pem(kind: string): string {
  const body = base64(300).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${kind}-----`, ...body, `-----END ${kind}-----`].join("\n");
}

function jwt(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signature = randomBytes(32).toString("base64url");
  return `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: word(12), iat: 1 })}.${signature}`;
}

/** 40 secrets and a few more, each of another shape, in the order of their names. */
export function makeSecrets(): readonly Secret[] {
  const password = word(14);
  const shaped = (name: string, value: string, ...parts: string[]): Secret => ({
    name,
    value,
    parts: parts.length > 0 ? parts : [value],
    hasShape: true,
  });
  const opaque = (name: string, value: string): Secret => ({ name, value, parts: [value], hasShape: false });
  const inUrl = (name: string, before: string, after: string): Secret => {
    const part = word(16);
    return shaped(name, `${before}${part}${after}`, part);
  };
  const privateKey = (name: string, kind: string): Secret => {
    const value = pem(kind);
    return shaped(
      name,
      value,
      ...value
        .split("\n")
        .slice(1, -1)
        .filter((line) => line.length > 20),
    );
  };
  return [
    shaped("github", `ghp_${word(36)}`),
    shaped("github_oauth", `gho_${word(36)}`),
    shaped("github_fine", `github_pat_${word(22)}_${word(59)}`),
    shaped("gitlab", `glpat-${word(20)}`),
    shaped("npm", `npm_${word(36)}`),
    shaped("pypi", `pypi-AgEIcHlwaS5vcmc${word(60)}`),
    shaped("docker", `dckr_pat_${word(27)}`),
    shaped("aws_id", `AKIA${upper(16)}`),
    shaped("google", `AIza${word(35)}`),
    shaped("google_oauth", `ya29.${word(60)}`),
    shaped("google_client", `GOCSPX-${word(28)}`),
    shaped("azure", `${word(3)}8Q~${word(34)}`),
    shaped("digitalocean", `dop_v1_${hex(64)}`),
    shaped("slack", ["xoxb", pick(digits, 12), pick(digits, 12), word(24)].join("-")),
    shaped("stripe", ["sk", "live", word(24)].join("_")),
    shaped("stripe_hook", `whsec_${word(32)}`),
    shaped("twilio", `SK${hex(32)}`),
    shaped("sendgrid", `SG.${word(22)}.${word(43)}`),
    shaped("shopify", `shpat_${hex(32)}`),
    shaped("anthropic", `sk-ant-api03-${word(93)}AA`),
    shaped("openai", `sk-proj-${word(48)}`),
    shaped("huggingface", `hf_${pick(letters, 34)}`),
    shaped("vault", `hvs.${word(95)}`),
    shaped("grafana", `glsa_${word(32)}_${hex(8)}`),
    shaped("databricks", `dapi${hex(32)}`),
    shaped("telegram", `${pick(digits, 10)}:AA${word(33)}`),
    shaped("jwt", jwt()),
    privateKey("pem_rsa", "RSA PRIVATE KEY"),
    privateKey("pem_openssh", "OPENSSH PRIVATE KEY"),
    inUrl("url_password", "https://deploy:", "@git.example.com/team/app.git"),
    inUrl("url_user", "https://", "@proxy.example.com/x"),
    inUrl("url_query", "https://files.example.com/a?sig=", ""),
    inUrl("postgres", "postgres://app:", "@db.example.com:5432/app"),
    inUrl("mysql", "app:", "@tcp(db.example.com:3306)/app"),
    inUrl("bearer", "Authorization: Bearer ", ""),
    opaque("plain_word", password),
    opaque("number", pick("123456789", 12)),
    opaque("behind_number", `1-${word(12)}`),
    opaque("hex_key", hex(32)),
    opaque("blob", base64(36)),
    opaque("double_quote", `${word(8)}"${word(8)}`),
    opaque("single_quote", `${word(8)}'${word(8)}`),
    opaque("both_quotes", `${word(6)}"${word(6)}'${word(6)}`),
    opaque("spaces", `${word(8)} ${word(8)} ${word(8)}`),
    opaque("newline", `${word(10)}\n${word(10)}`),
    opaque("escaped", `${word(8)}\u0007\\\u202e\u00e9${word(8)}`),
  ];
}
