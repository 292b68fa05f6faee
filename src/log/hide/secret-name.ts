/**
 * True for a name whose value is a secret whatever it looks like: `DB_PASSWORD`, `apiKey`, `main.githubToken`, `--auth-header`.
 * Names are taken apart at `_`, `-`, `.`, `/` and humps, so that `author`, `keyboard`, `spin` and `PWD` are none.
 */
export function isSecretName(name: string): boolean {
  const parts = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== "");
  return parts.some((part, index) => {
    if (secretWords.has(part) || secretEndings.test(part)) return true;
    return (part === "key" || part === "keys") && keyKinds.has(parts[index - 1] ?? "");
  });
}

const secretWords = new Set(
  (
    "password passwords passwd passphrase pass pw secret secrets token tokens apikey apikeys authkey accesskey secretkey " +
    "privatekey credential credentials creds cred auth authorization bearer cookie cookies pin otp totp jwt dsn webhook " +
    "netrc htpasswd sas"
  ).split(" "),
);

/** Written in one word: GITHUBTOKEN, dbpassword. */
const secretEndings = /.(password|passwd|passphrase|secret|token|apikey|credentials)$/;

/** `key` alone is a word of its own right: which key it is makes the secret. */
const keyKinds = new Set(
  (
    "api app access account private secret signing sign encryption encrypt decryption master license licence shared storage " +
    "service deploy ssh gpg pgp rsa aes hmac auth client session crypt ssl tls"
  ).split(" "),
);
