/** Plans for tests, without files. */
export { objectSchema, testPlan, type TestSchemas } from './test-plan.ts';
