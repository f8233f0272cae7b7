export { decodeResponse, encodeRequest, type DecodedResponse, type RequestForm } from './client-codec.ts';
