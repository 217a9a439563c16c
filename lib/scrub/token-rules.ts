/**
 * Tokens that are secret wherever they stand, told by a literal prefix. Lengths are generous: formats grow, and a
 * token that is longer or newer than the table is still secret. Formats from the vendors' documentation and the
 * published rules of secret scanners; checksums are never asked for, since a truncated token is secret too.
 */
import type { SetName } from './bytes.ts'

export interface TokenRow {
  id: string
  provider: string
  /** What each such token starts with, matched exactly. */
  prefixes: readonly string[]
  /** The characters that follow. */
  set: SetName
  /** The shortest run after the prefix that counts. */
  min: number
  /** The longest run that counts, where longer ones are ordinary words or other formats. */
  max?: number | undefined
  /** Text that must occur in the run, where the prefix alone is too common. */
  infix?: string
  /** The characters before the literal that belong to the token, where the literal stands in its middle or end. */
  before?: { set: SetName; min: number; max: number }
  /** Letters that may stand right before the token, as in a URL. */
  glued?: string
  /** Whether the run must hold a digit, where a prefix begins ordinary words too. */
  digit?: true
  /** A run of exactly this kind that follows soon belongs to it: the secret of an access key. */
  followed?: { set: SetName; length: number }
}

type More = Partial<Pick<TokenRow, 'infix' | 'max' | 'before' | 'glued' | 'digit' | 'followed'>>

const row = (
  id: string,
  provider: string,
  prefixes: string,
  set: SetName,
  min: number,
  more: More = {},
): TokenRow => ({
  id,
  provider,
  prefixes: prefixes.split(' '),
  set,
  min,
  ...more,
})

const before = (set: SetName, min: number, max = min) => ({ before: { set, min, max } })

export const TOKEN_RULES: readonly TokenRow[] = [
  row('github', 'GitHub', 'ghp_ gho_ ghu_ ghs_ ghr_', 'alnum', 16),
  row('github-app', 'GitHub App, stateless', 'ghs_', 'path', 40, { infix: '_eyJ' }),
  row('github-fine-grained', 'GitHub', 'github_pat_', 'alnum-', 20),
  row(
    'gitlab',
    'GitLab',
    'glpat- glptt- gldt- glrt- glcbt- glffct- glft- glimt- glagent- gloas- glsoat- glwt- glrtr- GR1348941',
    'alnum-',
    16,
  ),
  row('bitbucket', 'Bitbucket', 'ATBB BBDC-', 'base64url', 24),
  row('atlassian', 'Atlassian', 'ATATT3 ATCTT3', 'base64url', 40),
  row('aws-access-key', 'AWS', 'AKIA ASIA ABIA ACCA A3T', 'alnum', 12, {
    max: 24,
    digit: true,
    followed: { set: 'base64', length: 40 },
  }),
  row('aws-access-key', 'AWS, without a digit', 'AKIA ABIA', 'upper', 16, { max: 16 }),
  row('aws-session-token', 'AWS', 'IQoJb3JpZ2lu FwoGZXIvYXdz', 'base64', 80),
  row('aws-bedrock', 'AWS Bedrock', 'ABSKQmVkcm9ja bedrock-api-key-', 'base64', 32),
  row('aws-mws', 'AWS MWS', 'amzn.mws.', 'alnum-', 30),
  row('alibaba', 'Alibaba Cloud', 'LTAI', 'alnum', 16),
  row('google-api-key', 'Google', 'AIza', 'alnum-', 30),
  row('google-client-secret', 'Google', 'GOCSPX-', 'alnum-', 20),
  row('google-oauth', 'Google', 'ya29.', 'path', 20),
  row('google-refresh', 'Google', '1//0', 'alnum-', 40),
  row('slack', 'Slack', 'xoxb- xoxp- xoxe- xoxa- xoxo- xoxs- xoxr- xoxd- xapp- xoxe.xox', 'path', 16, {
    digit: true,
  }),
  row(
    'slack-webhook',
    'Slack',
    'hooks.slack.com/services/ hooks.slack.com/workflows/ hooks.slack.com/triggers/',
    'url',
    16,
  ),
  row('discord', 'Discord', idsInBase64(), 'crypt', 54, { max: 80, infix: '.', digit: true }),
  row('discord-webhook', 'Discord', 'discord.com/api/webhooks/ discordapp.com/api/webhooks/', 'url', 30),
  row('teams-webhook', 'Microsoft Teams', 'webhook.office.com/webhookb2/', 'url', 36),
  row('zapier-webhook', 'Zapier', 'hooks.zapier.com/hooks/catch/', 'url', 8),
  row('stripe', 'Stripe', 'sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_', 'alnum', 10),
  row('stripe-client-secret', 'Stripe', '_secret_', 'alnum', 20, before('alnum-', 20, 40)),
  row('stripe-webhook', 'Stripe', 'whsec_', 'base64', 24),
  row('square', 'Square', 'sq0atp- sq0csp- EAAAE', 'alnum-', 20),
  row('square', 'Square', 'EAAA', 'alnum-', 56),
  row('braintree', 'PayPal Braintree', 'access_token$production$ access_token$sandbox$', 'crypt', 16),
  row('plaid', 'Plaid', 'access-sandbox- access-development- access-production-', 'alnum-', 30),
  row('flutterwave', 'Flutterwave', 'FLWSECK- FLWSECK_TEST-', 'alnum-', 12),
  row('shippo', 'Shippo', 'shippo_live_ shippo_test_', 'hex', 20),
  row('easypost', 'EasyPost', 'EZAK EZTK', 'alnum', 40),
  row('duffel', 'Duffel', 'duffel_test_ duffel_live_', 'base64url', 20),
  row('shopify', 'Shopify', 'shpat_ shpca_ shppa_ shpss_', 'alnum', 16),
  row('anthropic', 'Anthropic', 'sk-ant-', 'alnum-', 20),
  row('openai', 'OpenAI', 'sk-proj- sk-svcacct- sk-admin-', 'alnum-', 20),
  row('openai-legacy', 'OpenAI, DeepSeek', 'sk-', 'alnum', 32, { digit: true }),
  row('openrouter', 'OpenRouter', 'sk-or-v1-', 'hex', 20),
  row('groq', 'Groq', 'gsk_', 'alnum', 32),
  row('xai', 'xAI', 'xai-', 'alnum-', 40),
  row('perplexity', 'Perplexity', 'pplx-', 'alnum', 32),
  row('hugging-face', 'Hugging Face', 'hf_ api_org_', 'alnum', 30, { max: 40 }),
  row('replicate', 'Replicate', 'r8_', 'alnum-', 30),
  row('nvidia', 'NVIDIA', 'nvapi-', 'alnum-', 32),
  row('langsmith', 'LangSmith', 'lsv2_pt_ lsv2_sk_', 'alnum-', 32),
  row('pinecone', 'Pinecone', 'pcsk_', 'alnum-', 40),
  row('jina', 'Jina', 'jina_', 'alnum-', 40),
  row('llamacloud', 'LlamaCloud', 'llx-', 'alnum', 32),
  row('npm', 'npm', 'npm_', 'alnum', 30),
  row('npm-legacy', 'npm', '_authToken=', 'base64url', 16),
  row('pypi', 'PyPI', 'pypi-AgEIcHlwaS5vcmc pypi-AgENdGVzdC5weXBpLm9yZw', 'alnum-', 30),
  row('rubygems', 'RubyGems', 'rubygems_', 'hex', 32),
  row('nuget', 'NuGet', 'oy2', 'alnum', 43),
  row('clojars', 'Clojars', 'CLOJARS_', 'alnum', 40),
  row('docker', 'Docker Hub', 'dckr_pat_ dckr_oat_', 'alnum-', 20),
  row('jfrog', 'JFrog', 'AKCp cmVmdGtu', 'alnum', 50),
  row('digitalocean', 'DigitalOcean', 'dop_v1_ doo_v1_ dor_v1_', 'hex', 32),
  row('heroku', 'Heroku', 'HRKU-AA', 'alnum-', 30),
  row('vercel', 'Vercel', 'vcp_ vci_ vca_ vcr_ vck_', 'alnum', 30),
  row('netlify', 'Netlify', 'nfp_', 'alnum-', 30),
  row('fly', 'Fly.io', 'fo1_ fm1a_ fm1r_ fm2_', 'crypt', 30),
  row('scalingo', 'Scalingo', 'tk-us-', 'alnum-', 30),
  row('render', 'Render', 'rnd_', 'alnum', 28),
  row('cloudflare', 'Cloudflare', 'cfk_ cfut_ cfat_', 'alnum', 40),
  row('cloudflare-origin-ca', 'Cloudflare', 'v1.0-', 'alnum-', 100),
  row('vault', 'HashiCorp Vault', 'hvs. hvb.', 'alnum-', 20),
  row('pulumi', 'Pulumi', 'pul-', 'hex', 32),
  row('doppler', 'Doppler', 'dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.', 'crypt', 32),
  row('1password', '1Password', 'ops_eyJ', 'base64', 60),
  row('1password-secret-key', '1Password', 'A3-', 'alnum-', 30),
  row('age', 'age', 'AGE-SECRET-KEY-1 AGE-SECRET-KEY-PQ-1', 'alnum', 40),
  row('sentry', 'Sentry', 'sntrys_eyJ sntryu_', 'base64url', 40),
  row('new-relic', 'New Relic', 'NRAK- NRII- NRJS- NRIQ- NRRA- NRAA-', 'alnum-', 18),
  row('grafana', 'Grafana', 'glc_ glsa_ eyJrIjoi', 'base64url', 30),
  row('dynatrace', 'Dynatrace', 'dt0c01.', 'crypt', 60),
  row('honeycomb', 'Honeycomb', 'hcaik_ hcbik_ hcxik_', 'alnum', 40),
  row('posthog', 'PostHog', 'phx_', 'alnum-', 40),
  row('snyk', 'Snyk', 'snyk_uat.', 'crypt', 20),
  row('sonarqube', 'SonarQube', 'squ_ sqp_ sqa_', 'hex', 32),
  row('postman', 'Postman', 'PMAK-', 'alnum-', 40),
  row('linear', 'Linear', 'lin_api_ lin_oauth_', 'alnum', 30),
  row('notion', 'Notion', 'ntn_', 'alnum', 40),
  row('figma', 'Figma', 'figd_ figp_', 'base64url', 30),
  row('typeform', 'Typeform', 'tfp_', 'crypt', 36),
  row('contentful', 'Contentful', 'CFPAT-', 'alnum-', 32),
  row('hubspot', 'HubSpot', 'pat-na1- pat-eu1- pat-na2-', 'alnum-', 30),
  row('sendgrid', 'SendGrid', 'SG.', 'crypt', 50),
  row('brevo', 'Brevo', 'xkeysib- xsmtpsib-', 'alnum-', 40),
  row('mailgun', 'Mailgun', 'key-', 'hex', 32),
  row('azure-functions', 'Azure Functions', 'AzFu', 'base64url', 4, before('base64url', 36, 60)),
  row('databricks', 'Databricks', 'dapi', 'hex', 32),
  row('supabase', 'Supabase', 'sbp_ sb_secret_', 'alnum-', 24),
  row('planetscale', 'PlanetScale', 'pscale_tkn_ pscale_pw_ pscale_oauth_', 'crypt', 24),
  row('launchdarkly', 'LaunchDarkly', 'api- sdk- mob-', 'alnum-', 36, { infix: '-' }),
  row('prefect', 'Prefect', 'pnu_', 'alnum', 30),
  row('buildkite', 'Buildkite', 'bkua_', 'hex', 32),
  row('circleci', 'CircleCI', 'CCIPAT_ CCIPRJ_', 'alnum-', 40),
  row('infracost', 'Infracost', 'ico-', 'alnum', 32),
  row('tailscale', 'Tailscale', 'tskey-', 'alnum-', 20),
  row('openshift', 'OpenShift', 'sha256~', 'alnum-', 40),
  row('sourcegraph', 'Sourcegraph', 'sgp_ slk_', 'alnum-', 40),
  row('readme', 'ReadMe', 'rdme_', 'alnum', 50),
  row('rootly', 'Rootly', 'rootly_', 'hex', 40),
  row('frameio', 'Frame.io', 'fio-u-', 'alnum-', 40),
  row('facebook-app', 'Meta', endsOfIds(), 'alnum-', 27, {
    max: 40,
    ...before('digit', 12, 14),
  }),
  row('facebook', 'Meta', 'EAAM EAAC EAAB EAAG EAAJ', 'alnum', 80),
  row('twitter', 'X', 'AAAAAAAAAAAAAAAAAAAAA', 'url', 50),
  row('dropbox', 'Dropbox', 'sl.', 'base64url', 120),
  row('adobe', 'Adobe', 'p8e-', 'alnum', 32),
  row('yandex', 'Yandex Cloud', 'AQVN', 'alnum-', 32),
  row('settlemint', 'SettleMint', 'sm_aat_ sm_pat_ sm_sat_', 'alnum', 16),
  row('ramp', 'Ramp', 'ramp_sec_', 'alnum', 40),
  row('ssh-key', 'the body of an OpenSSH key', 'b3BlbnNzaC1rZXktdjE', 'base64', 40),
  row('crates', 'crates.io', 'cio', 'alnum', 32, { max: 36, digit: true }),
  row('vault-root', 'HashiCorp Vault', 'hvr.', 'alnum-', 20),
  row('pem-base64', 'a private key in base64', 'LS0tLS1CRUdJTi', 'base64', 40),
  row(
    'azure-client-secret',
    'Azure AD',
    '0Q~ 1Q~ 2Q~ 3Q~ 4Q~ 5Q~ 6Q~ 7Q~ 8Q~ 9Q~',
    'azure',
    28,
    before('azure', 3, 3),
  ),
  row('azure-key', 'Azure', 'JQQJ99', 'base64', 10, before('alnum', 20, 80)),
  row('terraform', 'Terraform Cloud', '.atlasv1.', 'base64url', 50, before('alnum', 10, 20)),
  row('mailchimp', 'Mailchimp', '-us', 'digit', 1, { max: 2, ...before('hex', 32) }),
  row('new-relic-licence', 'New Relic', 'NRAL', 'hex', 0, { max: 0, ...before('hex', 32, 40) }),
  row('maxmind', 'MaxMind', '_mmk', 'alnum', 0, { max: 0, ...before('alnum-', 30, 40) }),
  row('dropbox-long-lived', 'Dropbox', 'AAAAAAAAAA', 'base64url', 40, { max: 46, ...before('alnum', 11) }),
  row('firebase', 'Firebase', ':APA91b', 'alnum-', 100, before('alnum-', 7, 30)),
  row('telegram', 'Telegram', ':A', 'alnum-', 32, { max: 36, ...before('digit', 8, 10), glued: '/bot' }),
  row('google-calendar', 'Google, the secret address of a calendar', 'private-', 'hex', 32, { max: 32 }),
  row('42', '42 intra', 's-s4t2ud- s-s4t2af-', 'hex', 40),
  row('notion-legacy', 'Notion', 'secret_', 'alnum', 43, { max: 43 }),
  row('twilio', 'Twilio', 'SK0 SK1 SK2 SK3 SK4 SK5 SK6 SK7 SK8 SK9 SKa SKb SKc SKd SKe SKf', 'hex', 31, {
    max: 31,
  }),
  row('octopus', 'Octopus Deploy', 'API-', 'alnum', 25, { max: 27 }),
  row('harness', 'Harness', 'pat. sat.', 'crypt', 60),
  row('mapbox', 'Mapbox', 'sk.eyJ tk.eyJ', 'crypt', 50),
  row('lob', 'Lob', 'live_ test_', 'hex', 35, { max: 35 }),
  row('clickhouse', 'ClickHouse Cloud', '4b1d', 'alnum', 38, { max: 38 }),
  row('jfrog-reference', 'JFrog', 'cmVmd', 'alnum', 59, { max: 59 }),
  row('yandex-iam', 'Yandex Cloud', 't1.', 'crypt', 80),
  row('zuplo', 'Zuplo', 'zpka_', 'alnum-', 30),
  row('adafruit', 'Adafruit', 'aio_', 'alnum', 26, { max: 30 }),
  row('node-provider', 'Infura, Alchemy', 'infura.io/v3/ alchemy.com/v2/', 'alnum-', 28),
  row('office-webhook', 'Microsoft Office', 'outlook.office.com/webhook/', 'url', 36),
  row('kerberos-hash', 'Kerberos', '$krb5tgs$ $krb5asrep$ $krb5pa$', 'hash', 30),
  row('salesforce', 'Salesforce', '00D', 'hash', 80, { infix: '!' }),
  row('twitch-stream', 'Twitch', 'live_', 'alnum-', 36, { infix: '_', digit: true }),
  row('thingsboard', 'ThingsBoard', 'thingsboard.cloud/api/v1/', 'alnum', 16),
  row('django-hash', 'password hashes', 'pbkdf2_sha256$ pbkdf2_sha1$ bcrypt_sha256$', 'crypt', 30),
  row('tavily', 'Tavily', 'tvly-', 'alnum-', 28),
  row('dependency-track', 'Dependency-Track', 'odt_', 'alnum', 30),
  row('jwt-base64', 'a JWT in base64', 'ZXlK', 'base64url', 60),
  row('airtable', 'Airtable', 'pat', 'azure', 79, { max: 79, infix: '.', digit: true }),
  row('clickup', 'ClickUp', 'pk_', 'alnum-', 40, { max: 46, infix: '_', digit: true }),
  row('resend', 'Resend', 're_', 'alnum-', 32, { max: 34, infix: '_', digit: true }),
  row('elevenlabs', 'ElevenLabs', 'sk_', 'hex', 48, { max: 48 }),
  row('apify', 'Apify', 'apify_api_', 'alnum', 30),
  row('ory', 'Ory', 'ory_at_ ory_rt_ ory_ac_ ory_st_ ory_pat_ ory_apikey_', 'alnum-', 30),
  row(
    'paseto',
    'PASETO tokens',
    'v1.local. v2.local. v3.local. v4.local. v1.public. v2.public. v3.public. v4.public.',
    'alnum-',
    40,
  ),
  row('defined-networking', 'Defined Networking', 'dnkey-', 'alnum-', 40),
  row('tencent', 'Tencent Cloud', 'AKID', 'alnum', 32, { max: 36, digit: true }),
  row('runpod', 'RunPod', 'rpa_', 'alnum', 40),
  row('e2b', 'E2B', 'e2b_', 'hex', 32),
  row('polar', 'Polar', 'polar_oat_ polar_pat_ polar_whs_', 'alnum', 30),
  row('extended-key', 'private keys of wallets (BIP 32)', 'xprv', 'alnum', 100, { digit: true }),
  row('trello', 'Trello', 'ATTA', 'hex', 60),
  row('langfuse', 'Langfuse', 'sk-lf-', 'alnum-', 36),
  row('cal', 'Cal.com', 'cal_live_ cal_test_', 'hex', 30),
  row('razorpay', 'Razorpay', 'rzp_live_ rzp_test_', 'alnum', 14),
  row('paddle', 'Paddle', 'pdl_live_ pdl_sdbx_', 'alnum-', 40),
  row('firecrawl', 'Firecrawl', 'fc-', 'hex', 32, { max: 32 }),
  row('neon', 'Neon', 'napi_', 'alnum', 40),
  row('rapidapi', 'RapidAPI', 'msh', 'alnum', 36, { max: 38, infix: 'jsn', ...before('alnum', 10) }),
  row('vercel-blob', 'Vercel', 'vercel_blob_rw_', 'alnum-', 30),
  row('cerebras', 'Cerebras', 'csk-', 'alnum', 40),
  row('together', 'Together AI', 'tgp_v1_', 'alnum-', 30),
  row('mercado-pago', 'Mercado Pago', 'APP_USR-', 'alnum-', 40),
  row('trigger', 'Trigger.dev', 'tr_dev_ tr_prod_ tr_stg_', 'alnum', 20),
  row('inngest', 'Inngest', 'signkey-prod- signkey-test-', 'hex', 32),
  row('pubnub', 'PubNub', 'sec-c-', 'base64url', 40),
  row('gocardless', 'GoCardless', 'sandbox_', 'alnum-', 40, { max: 43, digit: true }),
  row('mollie', 'Mollie', 'live_ test_', 'alnum', 30, { max: 30, digit: true }),
  row('xendit', 'Xendit', 'xnd_production_ xnd_development_', 'alnum', 40),
  row('adyen', 'Adyen', 'AQE', 'crypt', 100, { digit: true }),
  row('intercom', 'Intercom', 'dG9rO', 'base64', 50),
  row('confluent', 'Confluent', 'cflt', 'base64', 56, { digit: true }),
  row('dbt', 'dbt Cloud', 'dbtc_ dbtu_', 'alnum-', 36),
  row('elastic', 'Elastic Cloud', 'essu_', 'base64', 50),
  row('axiom', 'Axiom', 'xaat- xapt-', 'alnum-', 36),
  row('logfire', 'Pydantic Logfire', 'pylf_v', 'alnum-', 40),
  row('helicone', 'Helicone', 'sk-helicone-', 'alnum-', 20),
  row('akamai', 'Akamai', 'akab-', 'alnum-', 32),
  row('stytch', 'Stytch', 'secret-live- secret-test-', 'base64url', 36),
  row(
    'password-hash',
    'password hashes',
    '$1$ $2a$ $2b$ $2x$ $2y$ $argon2id$ $argon2i$ $argon2d$ $5$ $6$ $8$ $9$ $y$ $gy$ $7$ $apr1$ $scrypt$ $pbkdf2- {SSHA} {SSHA512}',
    'crypt',
    24,
  ),
]

/** How the id of a Discord bot begins, which its token begins with: two digits in base64, three letters of them. */
function idsInBase64(): string {
  const inBase64 = (digits: string) => Buffer.from(digits).toString('base64').slice(0, 3)
  return Array.from({ length: 90 }, (_, i) => inBase64(String(i + 10))).join(' ')
}

/** What stands between the id and the secret of a Facebook app, with the end of the id: three bytes are told cheaply. */
function endsOfIds(): string {
  return Array.from({ length: 100 }, (_, i) => `${String(i).padStart(2, '0')}|`).join(' ')
}

/** A token of a row, made so that it cannot be live: for tests and examples. */
export function inventedToken(rule: TokenRow, prefix: string = rule.prefixes[0]): string {
  const length = Math.min(Math.max(rule.min, 16), rule.max ?? Number.POSITIVE_INFINITY)
  const infix = rule.infix ?? ''
  const half = length >> 1
  const head = rule.before === undefined ? '' : filler(rule.before.set, rule.before.min)
  return head + prefix + filler(rule.set, half) + infix + filler(rule.set, length - half - infix.length)
}

const FILLERS: Partial<Record<SetName, string>> = { hex: 'decade0facade1', digit: '1234567890' }

function filler(set: SetName, length: number): string {
  const text = FILLERS[set] ?? 'Example0Invented0'
  return text.repeat(Math.ceil(length / text.length)).slice(0, length)
}
