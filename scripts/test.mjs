import { bootstrap } from './bootstrap.mjs';

bootstrap('test.main.mjs');
