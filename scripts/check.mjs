import { bootstrap } from './bootstrap.mjs';

bootstrap('check.main.mjs');
