import type { Plan } from '@millrace/pipeline';
import { describe, expect, it } from 'vitest';

import { pseudonymiser } from './pseudonymiser.ts';

const marked = (...fields: readonly string[]): Plan['pseudonyms'] => ({ fields, of: (text) => `<${text}>` });
const pseudonymise = pseudonymiser({ pseudonyms: marked('customer', 'order') });

describe('an event', () => {
  it('has pseudonyms in place of texts and whole numbers, and of its id, and is otherwise as it was', () => {
    const event = { id: '7', at: 3, payload: { order: 7, customer: 'ann', place: 'x' } };
    expect(pseudonymise(event, 'order')).toEqual({
      id: '<7>',
      at: 3,
      payload: { order: '<7>', customer: '<ann>', place: 'x' },
    });
    expect(pseudonymise(event, 'place').id).toBe('7');
    expect(pseudonymise(event, null).id).toBe('7');
    expect(event.payload.customer).toBe('ann');
  });

  it('has null where it had null, nothing where it had nothing, and null for what cannot have one', () => {
    expect(pseudonymise({ id: 'a', payload: { customer: null } }, 'id').payload).toEqual({ customer: null });
    expect(pseudonymise({ id: 'a', payload: { customer: { name: 'ann' } } }, 'id').payload).toEqual({ customer: null });
  });

  it('is the very same where there are no pseudonyms', () => {
    const event = { id: 'a', payload: {} };
    expect(pseudonymiser({ pseudonyms: { fields: [], of: null } })(event, 'id')).toBe(event);
  });

  it('is not read without the key', () => {
    expect(() => pseudonymiser({ pseudonyms: { ...marked('customer'), of: null } })).toThrow(
      /MILLRACE_PSEUDONYM_KEY: found nothing, and events.pseudonyms names customer; needed .*openssl rand/,
    );
  });
});
