import { z } from 'zod';
import {
  addEmergencyContact,
  getProfileSections,
  getStaffProfile,
  listBenefits,
  listEmergencyContacts,
  maxEmergencyContacts,
  type OwnStaff,
  setUpStaff,
  type StaffChanges,
  type StaffProfileRow,
  updateStaffProfile,
} from '../../../db/workforce/staff-profile.ts';
import type { Connection } from '../../../db/connect.ts';
import { Fault } from '../../../shared/fault.ts';
import { defineRoute, type Route } from '../../route.ts';
import { ownStaff, workforceActor } from '../actor.ts';
import { allItems, allItemsSchema } from '../all-items.ts';
import {
  benefitSchema,
  completionSchema,
  emergencyContactSchema,
  fullNameSchema,
  personalInfoSchema,
  phoneSchema,
  privacySchema,
  profileSchema,
  sectionSchema,
  viewBenefit,
  viewCompletion,
  viewEmergencyContact,
  viewPersonalInfo,
  viewPrivacy,
  viewProfile,
  viewSections,
  wordsSchema,
} from '../staff-profile-view.ts';

const roles = ['workforce:staff'];
const words = allItemsSchema(z.string());

const setUp = defineRoute({
  method: 'POST',
  path: '/staff/profile/setup',
  summary: 'Set up the profile',
  description: 'Done again, it says these fields anew and leaves the rest of the profile as it is.',
  roles,
  idempotency: 'required',
  body: z.strictObject({
    fullName: fullNameSchema,
    phone: phoneSchema.optional().describe('The one that they signed in with unless given'),
    preferredLocations: wordsSchema.default([]),
    industries: wordsSchema.default([]),
    skills: wordsSchema.default([]),
  }),
  response: { 201: profileSchema },
  async handler({ actor, body, db }) {
    const { id: userId, tenant: tenantId, email, phone } = workforceActor(actor);
    const profile = await setUpStaff(db, { ...body, phone: body.phone ?? phone, tenantId, userId, email });
    return { status: 201, body: viewProfile(profile) };
  },
});

/** A route that shows a part of the caller's profile. */
function reading<Answer extends z.ZodType>(
  path: string,
  summary: string,
  answer: Answer,
  read: (db: Connection, own: OwnStaff) => Promise<z.output<Answer>>,
): Route {
  return defineRoute({
    method: 'GET',
    path,
    summary,
    roles,
    idempotency: 'none',
    response: { 200: answer },
    handler: async ({ actor, db }) => ({ status: 200, body: await read(db, ownStaff(actor)) }),
  });
}

/** A route that changes a part of the caller's profile and shows it. */
function writing<Body extends z.ZodType, Answer extends z.ZodType>(
  path: string,
  summary: string,
  {
    body,
    answer,
    change,
    view,
  }: {
    body: Body;
    answer: Answer;
    change: (body: z.output<Body>) => StaffChanges;
    view: (profile: StaffProfileRow) => z.output<Answer>;
  },
): Route {
  return defineRoute({
    method: 'PUT',
    path,
    summary,
    roles,
    idempotency: 'required',
    body,
    response: { 200: answer },
    handler: async ({ actor, db, body: sent }) => ({
      status: 200,
      body: view(await updateStaffProfile(db, ownStaff(actor), change(sent))),
    }),
  });
}

const addContact = defineRoute({
  method: 'POST',
  path: '/staff/profile/emergency-contacts',
  summary: 'Name somebody to call in an emergency',
  description: `At most ${maxEmergencyContacts}.`,
  roles,
  idempotency: 'required',
  body: z.strictObject({
    fullName: fullNameSchema,
    phone: phoneSchema,
    relationship: z.string().trim().max(100).default(''),
  }),
  response: { 201: emergencyContactSchema },
  async handler({ actor, body, transact }) {
    const own = ownStaff(actor);
    const contact = await transact(tx => addEmergencyContact(tx, own, body));
    if (!contact)
      throw new Fault('conflict', `You have named ${maxEmergencyContacts} contacts, as many as one may.`, {
        reason: 'TOO_MANY_CONTACTS',
      });
    return { status: 201, body: viewEmergencyContact(contact) };
  },
});

const profile = '/staff/profile';
export const staffProfileRoutes: readonly Route[] = [
  setUp,
  reading('/staff/profile-completion', 'How complete the profile is', completionSchema, async (db, own) =>
    viewCompletion(await getProfileSections(db, own)),
  ),
  reading(`${profile}/sections`, 'The parts of the profile', allItemsSchema(sectionSchema), async (db, own) =>
    allItems(viewSections(await getProfileSections(db, own))),
  ),
  reading(`${profile}/personal-info`, 'Name, contact, address', personalInfoSchema, async (db, own) =>
    viewPersonalInfo(await getStaffProfile(db, own)),
  ),
  writing(`${profile}/personal-info`, 'Change name, contact, address', {
    body: z
      .strictObject({
        fullName: fullNameSchema,
        phone: phoneSchema,
        email: z.email().max(254),
        dateOfBirth: z.iso.date().refine(isPast, 'must be a day of the past'),
        address: z.string().trim().max(500),
      })
      .partial()
      .describe('What is left out stays as it is'),
    answer: personalInfoSchema,
    change: body => body,
    view: viewPersonalInfo,
  }),
  reading(`${profile}/industries`, 'Where they have worked', words, async (db, own) =>
    allItems((await getStaffProfile(db, own)).industries),
  ),
  writing(`${profile}/industries`, 'Say where they have worked', {
    body: z.strictObject({ industries: wordsSchema }),
    answer: words,
    change: body => body,
    view: ({ industries }) => allItems(industries),
  }),
  reading(`${profile}/skills`, 'What they are good at', words, async (db, own) =>
    allItems((await getStaffProfile(db, own)).skills),
  ),
  writing(`${profile}/skills`, 'Say what they are good at', {
    body: z.strictObject({ skills: wordsSchema }),
    answer: words,
    change: body => body,
    view: ({ skills }) => allItems(skills),
  }),
  writing(`${profile}/locations`, 'Say where they would work', {
    body: z.strictObject({ preferredLocations: wordsSchema }),
    answer: words,
    change: body => body,
    view: ({ preferredLocations }) => allItems(preferredLocations),
  }),
  reading(`${profile}/privacy`, 'What others may see', privacySchema, async (db, own) =>
    viewPrivacy(await getStaffProfile(db, own)),
  ),
  writing(`${profile}/privacy`, 'Say what others may see', {
    body: privacySchema.partial().describe('What is left out stays as it is'),
    answer: privacySchema,
    change: privacy => ({ privacy }),
    view: viewPrivacy,
  }),
  reading(
    `${profile}/emergency-contacts`,
    'Whom to call in an emergency',
    allItemsSchema(emergencyContactSchema),
    async (db, own) => allItems((await listEmergencyContacts(db, own)).map(viewEmergencyContact)),
  ),
  addContact,
  reading(`${profile}/benefits`, 'What they are entitled to', allItemsSchema(benefitSchema), async (db, own) =>
    allItems((await listBenefits(db, own)).map(viewBenefit)),
  ),
];

/** In some time zone it is tomorrow already. */
function isPast(day: string): boolean {
  return day >= '1900-01-01' && Date.parse(day) < Date.now() + 86_400_000;
}
