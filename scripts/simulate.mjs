import { bootstrap } from './bootstrap.mjs';

bootstrap('simulate.main.mjs');
