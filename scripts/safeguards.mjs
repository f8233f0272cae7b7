import { bootstrap } from './bootstrap.mjs';

bootstrap('safeguards.main.mjs');
