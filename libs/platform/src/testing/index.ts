/** For the tests of services: stages that only pass records on, and services made of them. */
export { GrpcClient, grpcStatus, HEALTH_PROTO, type GrpcRefusal } from './grpc-client.ts';
export { ForwardingStage } from './forwarding-stage.ts';
export { selfSigned } from './self-signed.ts';
export { forwardingModule, TestServices } from './test-services.ts';
