import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * BROKERS INPUT OUTPUT GROUP MAX_POLL_RECORDS: consume, transform, produce in transactions with the Java client, as its
 * documentation shows it: a transaction per poll. Until it is killed.
 */
public class TransactionalLoop {
  public static void main(String[] args) {
    String output = args[2];
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(consumerSettings(args));
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(producerSettings(args))) {
      producer.initTransactions();
      consumer.subscribe(List.of(args[1]));
      System.out.println("ready");
      while (true) {
        var records = consumer.poll(Duration.ofMillis(100));
        if (records.isEmpty()) continue;
        Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
        producer.beginTransaction();
        for (TopicPartition partition : records.partitions()) {
          List<ConsumerRecord<byte[], byte[]>> own = records.records(partition);
          for (var record : own)
            producer.send(new ProducerRecord<>(output, record.partition(), record.key(), record.value()));
          ends.put(partition, new OffsetAndMetadata(own.get(own.size() - 1).offset() + 1));
        }
        producer.sendOffsetsToTransaction(ends, consumer.groupMetadata());
        producer.commitTransaction();
      }
    }
  }

  private static Properties consumerSettings(String[] args) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", args[0]);
    settings.put("group.id", args[3]);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", "false");
    settings.put("auto.offset.reset", "earliest");
    settings.put("max.poll.records", args[4]);
    settings.put("key.deserializer", ByteArrayDeserializer.class.getName());
    settings.put("value.deserializer", ByteArrayDeserializer.class.getName());
    return settings;
  }

  /** Batches as large as serve it best; their linger ends with the commit. */
  private static Properties producerSettings(String[] args) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", args[0]);
    settings.put("transactional.id", args[3]);
    settings.put("linger.ms", "5");
    settings.put("batch.size", "131072");
    settings.put("key.serializer", ByteArraySerializer.class.getName());
    settings.put("value.serializer", ByteArraySerializer.class.getName());
    return settings;
  }
}
