/**
 * Every error that a user can meet, in one table. `class` decides what the engine does:
 *
 * - `usage`: the input of a command or a door is wrong (exit 2 for `WRONG_USE` and `NOT_IN_THIS_VERSION`, else 1);
 * - `setup`: configuration and surroundings do not fit (exit 1, before anything is consumed);
 * - `poison`: this one record is bad: dead letter;
 * - `retry`: passing; drop the producer, rewind, try again;
 * - `rejoin`: the group moved on; as `retry`, after joining again;
 * - `fatal`: leave the group and exit non-zero.
 *
 * `status` is the HTTP status of a door's answer. `docs/errors.md` is made from this table.
 */
export const ERROR_TABLE = {
  // the record's own fault
  NOT_JSON: { class: 'poison', status: 400, title: 'The value is not a JSON object' },
  TOO_DEEP: { class: 'poison', status: 400, title: 'The JSON is nested too deeply' },
  UNKNOWN_TYPE: { class: 'poison', status: 422, title: 'The event type is missing or not in the pipeline file' },
  SCHEMA_VIOLATION: { class: 'poison', status: 422, title: "The event does not fit its type's JSON Schema" },
  NO_ID: { class: 'poison', status: 422, title: 'The event has no id' },
  NO_TIME: { class: 'poison', status: 422, title: 'The event has no event time, or one that is no time' },
  TIME_AHEAD: { class: 'poison', status: 422, title: 'The event is stamped too far ahead' },
  TOO_LARGE: { class: 'poison', status: 413, title: 'The event is larger than events.max_bytes' },
  KEY_TOO_LARGE: { class: 'poison', status: 422, title: 'A key is larger than 1 kB' },
  BAD_WATERMARK: { class: 'poison', status: 422, title: 'The watermark record is malformed' },
  PROMISE_OPEN: { class: 'poison', status: 409, title: 'The partition is already under another promise' },
  PROMISE_REUSED: { class: 'poison', status: 409, title: 'The promise id was used before' },
  EXPRESSION_FAILED: { class: 'poison', status: 422, title: 'An expression cannot be evaluated for this event' },
  FEATURE_FAILED: { class: 'poison', status: 422, title: 'A feature stage cannot answer this request' },
  MODEL_FAILED: { class: 'poison', status: 422, title: 'The model fails on this row' },
  NAN_NOT_ALLOWED: { class: 'poison', status: 422, title: 'The vector has NaN, and the model takes none' },
  POISON: { class: 'poison', status: 422, title: 'Processing this record fails' },
  RECORD_REFUSED: { class: 'poison', status: 413, title: 'The broker refuses the record' },

  // the pipeline file, models, topics, connection
  PIPELINE_INVALID: { class: 'usage', status: 400, title: 'The pipeline file is not valid' },
  PIPELINE_NOT_FOUND: { class: 'usage', status: 400, title: 'There is no pipeline file' },
  NOT_IN_THIS_VERSION: { class: 'usage', status: 501, title: 'Not in this version' },
  WRONG_USE: { class: 'usage', status: 400, title: 'Wrong use of the command' },
  CONFIG_INVALID: { class: 'usage', status: 400, title: 'A setting is not valid' },
  INPUT_INVALID: { class: 'setup', status: 400, title: 'An input file cannot be read' },
  OUTPUT_FAILED: { class: 'setup', status: 507, title: 'An output file cannot be written' },
  EVENTS_GONE: { class: 'setup', status: 410, title: 'Events of dead letters cannot be had any more' },
  INTERRUPTED: { class: 'setup', status: 503, title: 'Stopped before the end' },
  NOT_RUNNING: { class: 'setup', status: 503, title: 'A service of the pipeline does not run' },
  ANSWERS_WRONG: { class: 'setup', status: 500, title: 'Requests were lost, or answered twice' },
  MODEL_NOT_FOUND: { class: 'setup', status: 404, title: 'There is no such model or version' },
  MODEL_INVALID: { class: 'setup', status: 500, title: 'The model cannot be loaded' },
  MODEL_MISMATCH: { class: 'setup', status: 500, title: "The model's inputs do not fit the feature vector" },
  MODEL_SAMPLE_FAILED: {
    class: 'setup',
    status: 500,
    title: 'The model does not answer its own sample rows as it should',
  },
  MODEL_EXISTS: { class: 'setup', status: 409, title: 'The version is there with other content' },
  MODEL_STORE_UNREACHABLE: { class: 'retry', status: 503, title: 'The model store does not answer' },
  MODEL_STORE_DENIED: { class: 'setup', status: 502, title: 'The model store denies access' },
  MODEL_STORE_FAILED: { class: 'setup', status: 507, title: 'A model cannot be read, or written' },
  MODEL_IN_USE: { class: 'usage', status: 409, title: 'The model is needed and stays loaded' },
  MODEL_REFUSED: { class: 'setup', status: 409, title: 'A version was refused, and the one before it stays' },
  SKEW_FOUND: { class: 'setup', status: 500, title: 'Features were served with other values than their events give' },
  PROFILE_INVALID: { class: 'setup', status: 500, title: "The model's profile cannot be used" },
  TOPIC_MISMATCH: { class: 'setup', status: 500, title: 'A topic exists with other settings than the pipeline needs' },
  TOPIC_MISSING: { class: 'setup', status: 500, title: 'A topic does not exist' },
  HANDLERS_INVALID: { class: 'setup', status: 500, title: 'A topic has no handler, or two' },
  CHECK_FAILED: { class: 'setup', status: 500, title: 'Something is not as it must be' },
  RIGHTS_MISSING: { class: 'setup', status: 403, title: 'The log does not grant what is needed' },
  LOG_UNREACHABLE: { class: 'setup', status: 503, title: 'The log cannot be reached' },
  PORT_IN_USE: { class: 'setup', status: 500, title: 'A port is already in use' },
  EXPOSED_WITHOUT_KEYS: { class: 'setup', status: 500, title: 'The doors would be open to everyone' },
  MODEL_UNUSABLE: { class: 'fatal', status: 503, title: 'The model does not answer, whatever the row' },

  // the log
  LOG_UNAVAILABLE: { class: 'retry', status: 503, title: 'The log does not answer as expected' },
  PRODUCER_FENCED: { class: 'retry', status: 503, title: 'Another producer has taken the transactional id' },
  SINK_FAILED: { class: 'retry', status: 503, title: 'A sink does not take an alert' },
  REBALANCED: { class: 'rejoin', status: 503, title: 'The group is rebalancing' },
  LOG_REFUSES: { class: 'fatal', status: 503, title: 'The log refuses what is asked of it' },
  INSTANCE_FENCED: { class: 'fatal', status: 503, title: 'Another process runs with the same instance id' },
  OFFSET_OUT_OF_RANGE: { class: 'fatal', status: 503, title: 'The log no longer has the committed offset' },
  STATE_GAP: { class: 'fatal', status: 503, title: 'The log no longer has what the state is made of' },
  PLAN_CHANGED: { class: 'fatal', status: 503, title: 'Another feature set takes events' },
  OFFSETS_LOST: { class: 'fatal', status: 503, title: 'The group has run before and has no committed offset' },
  PARTITIONS_CHANGED: { class: 'fatal', status: 503, title: 'A topic has another partition count than before' },
  SKIPPED_TOO_MANY: { class: 'fatal', status: 503, title: 'More records were given up than a marker can name' },
  DEAD_LETTERS_EXCEEDED: {
    class: 'fatal',
    status: 503,
    title: 'More records became dead letters than dlq.max_per_minute',
  },
  SERVICE_FAILED: { class: 'fatal', status: 503, title: 'A service stopped for a reason that was not foreseen' },
  DEAD_LETTER_REFUSED: { class: 'fatal', status: 503, title: 'The log refuses even the dead letter of a record' },
  MARKER_TOO_LARGE: { class: 'fatal', status: 503, title: "A partition's marker does not fit the commit's metadata" },

  // doors
  UNAUTHORIZED: { class: 'usage', status: 401, title: 'The API key is missing or wrong' },
  FORBIDDEN: { class: 'usage', status: 403, title: 'The API key may not do this' },
  CROSS_ORIGIN: { class: 'usage', status: 403, title: 'The request comes from a page of another origin' },
  RATE_EXCEEDED: { class: 'usage', status: 429, title: 'The API key is used more often than it may be' },
  UNSUPPORTED_MEDIA_TYPE: { class: 'usage', status: 415, title: 'The media type is not supported' },
  QUERY_INVALID: { class: 'usage', status: 400, title: 'The query is not valid' },
  BODY_UNPARSEABLE: { class: 'usage', status: 400, title: 'The body cannot be parsed' },
  BODY_TOO_LARGE: { class: 'usage', status: 413, title: 'The body is too large' },
  TENSOR_INVALID: { class: 'usage', status: 400, title: 'A tensor is not what it says, or not what the model takes' },
  INFERENCE_INVALID: { class: 'usage', status: 400, title: 'The inference request is not valid' },
  NOT_READY: { class: 'usage', status: 503, title: 'The service takes no requests' },
  EVENTS_REFUSED: { class: 'usage', status: 422, title: 'Events were refused' },
  TOO_MANY_REQUESTS: { class: 'usage', status: 429, title: 'Too many events are waiting' },
  OVERLOADED: { class: 'usage', status: 429, title: 'The service has more to do than it can' },
  DEADLINE_EXCEEDED: { class: 'usage', status: 504, title: 'The deadline has passed before there was an answer' },
  INCIDENT_NOT_FOUND: { class: 'usage', status: 404, title: 'There is no such incident' },
  SILENCE_INVALID: { class: 'usage', status: 422, title: 'This cannot be silenced' },
  CANCELLED: { class: 'usage', status: 499, title: 'The request was cancelled' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorClass = 'usage' | 'setup' | 'poison' | 'retry' | 'rejoin' | 'fatal';

export interface ErrorRow {
  readonly class: ErrorClass;
  readonly status: number;
  readonly title: string;
}

export type ErrorCode = keyof typeof ERROR_TABLE;
