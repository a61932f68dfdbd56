import { z } from 'zod';
import type {
  BenefitRow,
  EmergencyContactRow,
  ProfileSections,
  StaffProfileRow,
} from '../../db/workforce/staff-profile.ts';
import { makeFileUri } from './file-uri.ts';

const word = z.string().trim().min(1).max(100);
/** What somebody is good at, where they would go: each once, at most fifty. */
export const wordsSchema = z
  .array(word)
  .max(50)
  .transform(words => [...new Set(words)]);
export const fullNameSchema = z.string().trim().min(1).max(200);
export const phoneSchema = z
  .string()
  .trim()
  .regex(/^\+?[\d\s().-]{7,25}$/, 'must be a phone number');

const sectionNames = [
  'photo',
  'personalInfo',
  'locations',
  'industries',
  'skills',
  'emergencyContacts',
  'documents',
  'attire',
  'certificates',
  'taxForms',
  'bankAccounts',
] as const satisfies (keyof ProfileSections)[];
/** Certificates are for who has some. */
const optional: readonly string[] = ['certificates'];

export const sectionSchema = z.strictObject({
  section: z.enum(sectionNames),
  complete: z.boolean(),
  required: z.boolean(),
});
export const completionSchema = z.strictObject({
  percent: z.int().min(0).max(100).describe('Of the required sections'),
  complete: z.boolean(),
  missing: z.array(z.enum(sectionNames)),
});

export const personalInfoSchema = z.strictObject({
  staffId: z.uuid(),
  fullName: z.string(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  dateOfBirth: z.iso.date().nullable(),
  address: z.string(),
  preferredLocations: z.array(z.string()),
  photoUri: z.string().nullable().describe('For `POST /create-signed-url`'),
});
export const profileSchema = personalInfoSchema.extend({
  industries: z.array(z.string()),
  skills: z.array(z.string()),
});

export const privacySchema = z.strictObject({
  profileVisible: z.boolean().describe('To clients that they have not worked for'),
  shareLocation: z.boolean().describe('While clocked in'),
  marketingMessages: z.boolean(),
});

export const emergencyContactSchema = z.strictObject({
  contactId: z.uuid(),
  fullName: z.string(),
  phone: z.string(),
  relationship: z.string(),
  createdAt: z.iso.datetime(),
});

export const benefitSchema = z.strictObject({
  benefitId: z.uuid(),
  code: z.string(),
  title: z.string(),
  entitledHours: z.int(),
  usedHours: z.int(),
  remainingHours: z.int(),
});

export function viewSections(sections: ProfileSections): z.output<typeof sectionSchema>[] {
  return sectionNames.map(section => ({
    section,
    complete: sections[section],
    required: !optional.includes(section),
  }));
}

export function viewCompletion(sections: ProfileSections): z.output<typeof completionSchema> {
  const required = viewSections(sections).filter(section => section.required);
  const missing = required.filter(({ complete }) => !complete).map(({ section }) => section);
  const percent = Math.floor((100 * (required.length - missing.length)) / required.length);
  return { percent, complete: missing.length === 0, missing };
}

export function viewPersonalInfo(row: StaffProfileRow): z.output<typeof personalInfoSchema> {
  const {
    id: staffId,
    fullName,
    phone,
    email,
    dateOfBirth,
    address,
    preferredLocations,
    photoKey,
    photoVisibility,
  } = row;
  const photoUri =
    photoKey === null || photoVisibility === null
      ? null
      : makeFileUri({ visibility: photoVisibility, storageKey: photoKey });
  return { staffId, fullName, phone, email, dateOfBirth, address, preferredLocations, photoUri };
}

export function viewProfile(row: StaffProfileRow): z.output<typeof profileSchema> {
  return { ...viewPersonalInfo(row), industries: row.industries, skills: row.skills };
}

export function viewPrivacy({ privacy }: StaffProfileRow): z.output<typeof privacySchema> {
  const chosen = privacySchema.partial().parse(privacy);
  const { profileVisible = true, shareLocation = true, marketingMessages = false } = chosen;
  return { profileVisible, shareLocation, marketingMessages };
}

export function viewEmergencyContact(row: EmergencyContactRow): z.output<typeof emergencyContactSchema> {
  const { id: contactId, createdAt, ...contact } = row;
  return { contactId, ...contact, createdAt: createdAt.toISOString() };
}

export function viewBenefit({ id: benefitId, ...benefit }: BenefitRow): z.output<typeof benefitSchema> {
  return { benefitId, ...benefit, remainingHours: benefit.entitledHours - benefit.usedHours };
}
