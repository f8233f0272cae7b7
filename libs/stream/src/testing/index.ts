export { KeyTotals } from './key-totals.ts';
export { logContract } from './log-contract.ts';
export { membershipContract } from './membership-contract.ts';
export { markerText } from './marker-text.ts';
export { runnerContract } from './runner-contract.ts';
export { TestTopics } from './test-topics.ts';
export { transactionContract, type HeldTransaction } from './transaction-contract.ts';
export { TotalsStage } from './totals-stage.ts';
