import { portsOfBrokers, RestartableBroker } from './restartable-broker.mjs';

const SIZE = 3;
/** Three of them share the machine with what is tested. */
const HEAP = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC'];

/**
 * Three brokers of one's own, each of which can be hurt as a `RestartableBroker` can: whatever happens to one of them, the
 * other two are a quorum and have all that was acknowledged.
 */
export class RestartableCluster {
  /** By node id, less one. */
  nodes;

  static async start({ say = () => {}, settings = {} } = {}) {
    const cluster = new RestartableCluster();
    const ports = await portsOfBrokers(SIZE);
    const quorum = ports.map(({ controllerPort }, i) => `${i + 1}@127.0.0.1:${controllerPort}`).join(',');
    // all at once: none of them is up before there is a quorum
    const starting = ports.map((own, i) =>
      RestartableBroker.start({ say, ports: own, heap: HEAP, settings: { ...ofNode(i + 1, quorum), ...settings } }),
    );
    const started = await Promise.allSettled(starting);
    cluster.nodes = started.flatMap(({ value }) => value ?? []);
    const failed = started.find(({ status }) => status === 'rejected');
    if (!failed) return cluster;
    await cluster.remove();
    throw failed.reason;
  }

  /** Addresses of all, joined by commas. */
  get brokers() {
    return this.nodes.map(({ brokers }) => brokers).join(',');
  }

  /** Ends all and removes their data. */
  async remove() {
    await Promise.all(this.nodes.map((node) => node.remove()));
  }
}

function ofNode(nodeId, quorum) {
  return {
    'node.id': nodeId,
    'controller.quorum.voters': quorum,
    // leaders move to the others, so none is missing when it stops
    'controlled.shutdown.enable': true,
    'default.replication.factor': SIZE,
    'min.insync.replicas': SIZE - 1,
    'offsets.topic.replication.factor': SIZE,
    'transaction.state.log.replication.factor': SIZE,
    'transaction.state.log.min.isr': SIZE - 1,
    // and back to where they belong, soon after it is there again
    'leader.imbalance.check.interval.seconds': 10,
    'num.network.threads': 2,
    'num.io.threads': 4,
  };
}
