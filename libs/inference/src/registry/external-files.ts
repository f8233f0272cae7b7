/** As protocol buffers write `StringStringEntryProto { key: "location" }` and the tag of its value, see onnx.proto. */
const LOCATION = Buffer.from('\n\blocation\x12', 'latin1');

/** Names of the files beside a model that hold its weights (`TensorProto.external_data`), as the model's file has them. */
export function externalFiles(model: Buffer): readonly string[] {
  const names = new Set<string>();
  for (let at = model.indexOf(LOCATION); at >= 0; at = model.indexOf(LOCATION, at + 1)) {
    const start = at + LOCATION.length;
    const { length, end } = lengthAt(model, start);
    names.add(model.toString('utf8', end, end + length));
  }
  return [...names];
}

/** A varint: seven bits a byte, the least first. */
function lengthAt(bytes: Buffer, start: number): { readonly length: number; readonly end: number } {
  let [length, end] = [0, start];
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[end++] ?? 0;
    length += (byte & 127) * scale;
    if (byte < 128) return { length, end };
  }
}
