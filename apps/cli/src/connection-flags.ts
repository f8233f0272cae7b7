import { Option, type Command } from 'commander';

/** The connection to Kafka: a flag each, and the environment variable that it stands for. */
const CONNECTION_FLAGS = [
  ['--kafka-brokers <list>', 'KAFKA_BROKERS', 'brokers, separated by commas (default: localhost:9092)'],
  ['--kafka-security-protocol <name>', 'KAFKA_SECURITY_PROTOCOL', 'PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL'],
  ['--kafka-sasl-mechanism <name>', 'KAFKA_SASL_MECHANISM', 'PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER'],
  ['--kafka-sasl-username <name>', 'KAFKA_SASL_USERNAME', 'user for SASL'],
  ['--kafka-sasl-password <text>', 'KAFKA_SASL_PASSWORD', 'password for SASL; better in the environment'],
  ['--kafka-sasl-oauth-token-url <url>', 'KAFKA_SASL_OAUTH_TOKEN_URL', 'token endpoint, or file:///… with the token'],
  ['--kafka-sasl-oauth-scope <text>', 'KAFKA_SASL_OAUTH_SCOPE', 'scope to ask the token endpoint for'],
  ['--kafka-ssl-ca <file>', 'KAFKA_SSL_CA', 'certificates to trust, PEM'],
  ['--kafka-ssl-cert <file>', 'KAFKA_SSL_CERT', 'own certificate, PEM'],
  ['--kafka-ssl-key <file>', 'KAFKA_SSL_KEY', 'key of the own certificate, PEM'],
] as const;

/** Lets every command take the connection flags. */
export function addConnectionFlags(program: Command): void {
  for (const [flags, variable, description] of CONNECTION_FLAGS)
    program.addOption(new Option(flags, `${description}; or ${variable}`));
}

/** The connection flags that were given, as environment variables. */
export function connectionVariables(program: Command): Readonly<Record<string, string>> {
  const given: Record<string, string> = {};
  for (const [flags, variable] of CONNECTION_FLAGS) {
    const value: unknown = program.getOptionValue(new Option(flags).attributeName());
    if (typeof value === 'string') given[variable] = value;
  }
  return given;
}
