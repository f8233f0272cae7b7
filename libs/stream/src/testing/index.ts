export { logContract } from './log-contract.ts';
export { runnerContract } from './runner-contract.ts';
export { TestTopics } from './test-topics.ts';
export { TotalsStage } from './totals-stage.ts';
