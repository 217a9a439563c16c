/**
 * Services that issue keys without a shape of their own. Their name before a separator tells a key only together
 * with a value that reads as one: `datadog: 4d3c…`, `postmark = "…-…"`. Names that stand before hashes and ids of
 * other kinds in ordinary logs (git, docker, sentry, segment) are left out.
 */
export const PROVIDERS: string =
  'adafruit adobe airtable algolia alchemy amplitude appcenter artifactory asana auth0 authress bamboohr beamer bitly bittrex ' +
  'blynk braintree brevo bugsnag calendly chargebee checkly checkr clearbit clickup clojars cloudant cloudflare cloudinary ' +
  'cloudsight coda codacy codeclimate codecov cohere coinbase coinlayer coinmarketcap confluent contentful contentstack coveralls ' +
  'crowdin curalate currencylayer databricks datadog debricked deepgram deepl deepseek digitalocean dropbox droneci dwolla dynatrace ' +
  'elevenlabs etherscan etsy fastly finicity finnhub flickr flutterwave freshbooks freshdesk freemius fullstory geoapify giphy gitter ' +
  'gocardless gradle greenhouse heroku honeybadger honeycomb hubspot huggingface hunterio infura intercom ipinfo ipstack jfrog ' +
  'keen klaviyo kraken kucoin lastfm launchdarkly lemonsqueezy lob locationiq logdna loggly logzio looker mailchimp mailgun mailjet ' +
  'mailtrap mandrill mapbox mattermost maxmind meraki messagebird mixpanel moralis mux netlify newrelic nexmo ngrok nylas nytimes ' +
  'okta onesignal openweathermap opsgenie optimizely pagerduty papertrail paystack percy pinecone pinterest pivotaltracker plaid ' +
  'plivo postman postmark privateai pubnub pusher pushover quay quicknode rapidapi razorpay recaptcha recurly rollbar runscope ' +
  'sauce saucelabs scaleway semaphore sendbird sendgrid sendinblue shippo shodan shortcut sidekiq snowflake snyk sonar sonarcloud ' +
  'sonarqube sourcegraph splunk squareup squarespace statuspage stripe sumologic surge tatum tavily telegram telnyx textmagic ' +
  'thingsboard travisci trello twilio twitch typeform typesense unsplash uploadcare virustotal vonage wakatime weatherstack ' +
  'webflow wistia wrike yandex yelp zapier zendesk zenhub zerobounce zeplin zoho'

/** Names that such a service's keys go by beside its own. */
export const PROVIDER_NAMES: string =
  'sonar+login sonarqube+login telegram+bot heroku+oauth circleci+personal ibm+cloud facebook+app facebook fb github+oauth gitlab+oauth'
