/**
 * The settings of one node that is broker and controller, as text. Internal topics of one small partition, so that it is
 * up in seconds. `more` adds to them or replaces them.
 */
export function serverProperties({ port, controllerPort, data }, more = {}) {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': data,
    'auto.create.topics.enable': false,
    // A single broker that gives its leaders away before it stops ends transactions without their markers (docs/operations.md).
    'controlled.shutdown.enable': false,
    'group.initial.rebalance.delay.ms': 0,
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 2,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1000,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    'log.segment.bytes': 256 * 1024 * 1024,
    ...more,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
