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
  /** Text that must occur in the run, where the prefix alone is too common. */
  infix?: string
}

const row = (
  id: string,
  provider: string,
  prefixes: string,
  set: SetName,
  min: number,
  infix?: string,
): TokenRow =>
  infix === undefined
    ? { id, provider, prefixes: prefixes.split(' '), set, min }
    : { id, provider, prefixes: prefixes.split(' '), set, min, infix }

export const TOKEN_RULES: readonly TokenRow[] = [
  row('github', 'GitHub', 'ghp_ gho_ ghu_ ghs_ ghr_', 'alnum', 16),
  row('github-app', 'GitHub App, stateless', 'ghs_', 'path', 40, '_eyJ'),
  row('github-fine-grained', 'GitHub', 'github_pat_', 'alnum-', 20),
  row(
    'gitlab',
    'GitLab',
    'glpat- glptt- gldt- glrt- glcbt- glffct- glft- glimt- glagent- gloas- glsoat- GR1348941',
    'alnum-',
    16,
  ),
  row('bitbucket', 'Bitbucket', 'ATBB BBDC-', 'base64url', 24),
  row('atlassian', 'Atlassian', 'ATATT3 ATCTT3', 'base64url', 40),
  row('aws-access-key', 'AWS', 'AKIA ASIA ABIA ACCA', 'alnum', 12),
  row('aws-session-token', 'AWS', 'IQoJb3JpZ2lu FwoGZXIvYXdz', 'base64', 80),
  row('aws-bedrock', 'AWS Bedrock', 'ABSKQmVkcm9ja bedrock-api-key-', 'base64', 32),
  row('aws-mws', 'AWS MWS', 'amzn.mws.', 'alnum-', 30),
  row('alibaba', 'Alibaba Cloud', 'LTAI', 'alnum', 16),
  row('google-api-key', 'Google', 'AIza', 'alnum-', 30),
  row('google-client-secret', 'Google', 'GOCSPX-', 'alnum-', 20),
  row('google-oauth', 'Google', 'ya29.', 'path', 20),
  row('slack', 'Slack', 'xoxb- xoxp- xoxe- xoxa- xoxo- xoxs- xoxr- xoxd- xapp- xoxe.xox', 'path', 10),
  row(
    'slack-webhook',
    'Slack',
    'hooks.slack.com/services/ hooks.slack.com/workflows/ hooks.slack.com/triggers/',
    'path',
    16,
  ),
  row('discord-webhook', 'Discord', 'discord.com/api/webhooks/ discordapp.com/api/webhooks/', 'path', 30),
  row('teams-webhook', 'Microsoft Teams', 'webhook.office.com/webhookb2/', 'path', 36),
  row('zapier-webhook', 'Zapier', 'hooks.zapier.com/hooks/catch/', 'path', 8),
  row('stripe', 'Stripe', 'sk_live_ sk_test_ rk_live_ rk_test_ rk_prod_', 'alnum', 10),
  row('stripe-webhook', 'Stripe', 'whsec_', 'base64', 24),
  row('square', 'Square', 'sq0atp- sq0csp- EAAAE', 'alnum-', 20),
  row('braintree', 'PayPal Braintree', 'access_token$production$ access_token$sandbox$', 'crypt', 16),
  row('plaid', 'Plaid', 'access-sandbox- access-development- access-production-', 'alnum-', 30),
  row('flutterwave', 'Flutterwave', 'FLWSECK- FLWSECK_TEST-', 'alnum-', 12),
  row('shippo', 'Shippo', 'shippo_live_ shippo_test_', 'hex', 20),
  row('easypost', 'EasyPost', 'EZAK EZTK', 'alnum', 40),
  row('duffel', 'Duffel', 'duffel_test_ duffel_live_', 'base64url', 20),
  row('shopify', 'Shopify', 'shpat_ shpca_ shppa_ shpss_', 'alnum', 16),
  row('anthropic', 'Anthropic', 'sk-ant-', 'alnum-', 20),
  row('openai', 'OpenAI', 'sk-proj- sk-svcacct- sk-admin-', 'alnum-', 20),
  row('openai-legacy', 'OpenAI', 'sk-', 'alnum', 40, 'T3BlbkFJ'),
  row('openrouter', 'OpenRouter', 'sk-or-v1-', 'hex', 20),
  row('groq', 'Groq', 'gsk_', 'alnum', 32),
  row('xai', 'xAI', 'xai-', 'alnum-', 40),
  row('perplexity', 'Perplexity', 'pplx-', 'alnum', 32),
  row('hugging-face', 'Hugging Face', 'hf_ api_org_', 'alnum', 30),
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
  row('fly', 'Fly.io', 'fo1_ fm1a_ fm1r_ fm2_', 'base64url', 30),
  row('scalingo', 'Scalingo', 'tk-us-', 'alnum-', 30),
  row('render', 'Render', 'rnd_', 'alnum', 28),
  row('cloudflare', 'Cloudflare', 'cfk_ cfut_ cfat_', 'alnum', 40),
  row('cloudflare-origin-ca', 'Cloudflare', 'v1.0-', 'alnum-', 100),
  row('vault', 'HashiCorp Vault', 'hvs. hvb.', 'alnum-', 20),
  row('pulumi', 'Pulumi', 'pul-', 'hex', 32),
  row('doppler', 'Doppler', 'dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.', 'path', 32),
  row('1password', '1Password', 'ops_eyJ', 'base64', 60),
  row('1password-secret-key', '1Password', 'A3-', 'alnum-', 30),
  row('age', 'age', 'AGE-SECRET-KEY-1 AGE-SECRET-KEY-PQ-1', 'alnum', 40),
  row('sentry', 'Sentry', 'sntrys_eyJ sntryu_', 'base64url', 40),
  row('new-relic', 'New Relic', 'NRAK- NRII- NRJS- NRIQ- NRRA-', 'alnum-', 18),
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
  row('databricks', 'Databricks', 'dapi', 'hex', 32),
  row('supabase', 'Supabase', 'sbp_ sb_secret_', 'alnum-', 24),
  row('planetscale', 'PlanetScale', 'pscale_tkn_ pscale_pw_ pscale_oauth_', 'crypt', 24),
  row('launchdarkly', 'LaunchDarkly', 'api- sdk- mob-', 'alnum-', 36, '-'),
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
  row('facebook', 'Meta', 'EAAM EAAC EAAB EAAG EAAJ', 'alnum', 80),
  row('twitter', 'X', 'AAAAAAAAAAAAAAAAAAAAAA', 'path', 50),
  row('dropbox', 'Dropbox', 'sl.', 'base64url', 120),
  row('adobe', 'Adobe', 'p8e-', 'alnum', 32),
  row('yandex', 'Yandex Cloud', 'AQVN', 'alnum-', 32),
  row('settlemint', 'SettleMint', 'sm_aat_ sm_pat_ sm_sat_', 'alnum', 16),
  row('ramp', 'Ramp', 'ramp_sec_', 'alnum', 40),
  row('pem-base64', 'a private key in base64', 'LS0tLS1CRUdJTi', 'base64', 40),
  row('jwt-base64', 'a JWT in base64', 'ZXlK', 'base64url', 60),
  row(
    'password-hash',
    'password hashes',
    '$2a$ $2b$ $2y$ $argon2id$ $argon2i$ $argon2d$ $5$ $6$ $y$ $7$ {SSHA}',
    'crypt',
    30,
  ),
]

/** A token of a row, made so that it cannot be live: for tests and examples. */
export function inventedToken(rule: TokenRow, prefix: string = rule.prefixes[0]): string {
  const filler = rule.set === 'hex' ? 'decade0facade0' : 'Example0Invented0'
  const length = Math.max(rule.min, 16)
  const body = filler.repeat(Math.ceil(length / filler.length) + 1)
  const infix = rule.infix ?? ''
  return prefix + body.slice(0, length >> 1) + infix + body.slice(0, length - (length >> 1))
}
