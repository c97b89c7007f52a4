import { expect, it } from 'vitest';
import { stepsOf } from './steps';

const lead = { mayApprove: true, mayReview: true, isProposer: false };

it('the proposer never approves, and a reviewer takes nothing back', () => {
  expect(stepsOf('passed', lead)).toEqual(['approve']);
  expect(stepsOf('passed', { ...lead, isProposer: true })).toEqual([]);
  expect(stepsOf('done', lead)).toEqual(['take-back']);
  expect(stepsOf('done', { ...lead, mayApprove: false })).toEqual([]);
  expect(stepsOf('running', lead)).toEqual(['pause', 'take-back']);
});

it('while a sample is judged nothing else is open', () => {
  expect(stepsOf('sampling', lead)).toEqual([]);
  expect(stepsOf('taking_back', lead)).toEqual([]);
});
