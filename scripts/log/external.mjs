/** The brokers of `KAFKA_BROKERS`: somebody else's, so nothing is started and nothing is stopped. */
export async function externalLog() {
  const brokers = process.env.KAFKA_BROKERS?.trim();
  if (!brokers) throw new Error('not set');
  return { kind: 'external', brokers, stop: async () => {} };
}
