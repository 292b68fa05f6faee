import type { Range } from "./known-secrets.ts";

/**
 * Secrets that are known by their shape, where secretlint's rules have none or ask for an exact length. None fits in what
 * Go itself makes: an action or content ID has 20 characters, a sum in go.sum 44 of base64.
 */
const shapes: readonly RegExp[] = [
  // PEM, with its line breaks as they are or escaped; cut off at its end too.
  /-----BEGIN (?!CERTIFICATE-|PUBLIC KEY-)[A-Z0-9 ]{2,40}-----[A-Za-z0-9+/=\s\\:,.;<>()_"'-]*?(?:-----END [A-Z0-9 ]{2,40}-----|(?=-----BEGIN)|(?![A-Za-z0-9+/=\s\\:,.;<>()_"'-])|$)/g,
  // JWT and JWE
  /eyJ[\w-]{8,}(?:\.[\w-]*){1,4}/g,
  // GitHub, GitLab, npm, PyPI, RubyGems, Docker
  /(?<![A-Za-z0-9])(?:gh[pousr]_\w{20,}|github_pat_\w{22,}|gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct)-[\w.-]{16,}|npm_\w{30,}|pypi-[\w-]{32,}|rubygems_[0-9a-f]{32,}|dckr_(?:pat|oat)_[\w-]{20,})/g,
  // AWS, Google, Azure, DigitalOcean, Heroku, Fly, Netlify, Cloudflare's origin keys
  /(?<![A-Za-z0-9])(?:(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16}(?![A-Za-z0-9])|AIza[\w-]{30,}|ya29\.[\w.-]{20,}|GOCSPX-[\w-]{20,}|[\w~.-]{3}8Q~[\w~.-]{30,}|do[opr]_v1_[0-9a-f]{40,}|HRKU-[\w-]{20,}|fm[12]_[\w+/=-]{40,}|nf[pcou]_\w{30,}|v1\.0-[0-9a-f]{24}-[0-9a-f]{100,})/g,
  // Slack, Discord, Telegram, Teams
  /(?<![A-Za-z0-9])(?:xox[a-z](?:\.xox[a-z])?-[\w-]{10,}|xapp-[\w-]{20,}|[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}|\d{8,10}:AA[\w-]{32,})/g,
  // Stripe, Square, Twilio, SendGrid, Mailgun, Shopify
  /(?<![A-Za-z0-9])(?:[srp]k_(?:live|test)_\w{10,}|whsec_[\w+/=]{20,}|sq0[a-z]{3}-[\w-]{20,}|(?:SK|AC)[0-9a-f]{32}(?![0-9a-f])|SG\.[\w-]{16,}\.[\w-]{16,}|key-[0-9a-f]{32}|shp(?:at|ca|pa|ss)_\w{20,})/g,
  // Models, monitoring, infrastructure
  /(?<![\w-])(?:sk-[\w-]{24,}|hf_\w{24,}|gsk_\w{30,}|hv[sbr]\.[\w-]{20,}|glsa_\w{20,}|glc_[\w+/=]{20,}|sntry[su]_[\w+/=-]{20,}|NRAK-\w{20,}|dp\.(?:pt|st|ct|sa|scim|audit)\.\w{20,}|pul-[0-9a-f]{30,}|\w{14}\.atlasv1\.[\w-]{30,}|dapi[0-9a-f]{30,}|PMAK-[0-9a-f-]{40,}|lin_api_\w{20,}|sbp_[0-9a-f]{30,}|ATATT3[\w=-]{40,}|AGE-SECRET-KEY-1[A-Z0-9]{40,})/g,
  // What stands behind Authorization: Basic and Bearer
  /(?<=\b(?:basic|bearer)\s{1,8})(?=[^\s"'`]*\d)[A-Za-z0-9+/._~-]{12,}={0,2}/gi,
  /(?<=\b(?:authorization|proxy-authorization|private-token|x-api-key|x-auth-token|job-token)["']?\s{0,8}[:=]\s{0,8}["']?(?:(?:basic|bearer|token|digest|negotiate)\s{1,8})?)(?!(?:basic|bearer|token|digest|negotiate)\s)[^\s"'`,;]{4,}/gi,
  // user:password@host without a scheme, and the DSN of Go's MySQL driver
  /(?<![\w/@.:-])[\w.+-]{1,64}:[^\s@/:"'`<>(){}[\]]{3,256}(?=@(?:(?:[\w-]+\.)+[a-z]{2,}\b|localhost\b|(?:tcp|unix)\())/gi,
  // Keys inside connection strings
  /(?<=\b(?:AccountKey|SharedAccessKey|SharedAccessSignature)=|[;?&](?:sig|pwd)=)[^\s;"'`&<>]{4,}/gi,
];

/** What at least one shape needs. */
const isWorthALook =
  /-----BEGIN|eyJ|gh[pousr]_|github_pat|gl[a-z]{2,5}[-_]|npm_|pypi-|rubygems_|dckr_|A[KSBCRI][ICOD][AC]|AIza|ya29|GOCSPX|8Q~|do[opr]_v1|HRKU|fm[12]_|nf[pcou]_|v1\.0-|xox|xapp|\.[\w-]{6}\.|:AA|k_(?:live|test)_|whsec|sq0|(?:SK|AC)[0-9a-f]{32}|SG\.|key-|shp[acs]|sk-|hf_|gsk_|hv[sbr]\.|sntry|NRAK|dp\.|pul-|atlasv1|dapi|PMAK|lin_api|sbp_|ATATT|AGE-SECRET|[Bb]asic|[Bb]earer|BASIC|BEARER|uthorization|UTHORIZATION|oken["']?\s*[:=]|[Aa]pi-[Kk]ey|:[^\s@/:]{3,256}@|[Kk]ey=|[Ss]ignature=|[;?&](?:[Ss]ig|[Pp][Ww][Dd])=/;

export function findSecretShapes(text: string): readonly Range[] {
  if (!isWorthALook.test(text)) return [];
  return shapes.flatMap((shape) => rangesOf(text, shape));
}

/** The whole of every match. */
export function rangesOf(text: string, pattern: RegExp): Range[] {
  return Array.from(text.matchAll(pattern), (match): Range => [match.index, match.index + match[0].length]);
}
