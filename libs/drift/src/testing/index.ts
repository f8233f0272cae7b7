export * from "./golden.ts";
