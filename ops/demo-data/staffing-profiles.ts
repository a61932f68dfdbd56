import type { Transaction } from '../../db/connect.ts';
import { addStaffAccount } from '../../db/workforce/accounts.ts';
import { setAvailableDays } from '../../db/workforce/availability.ts';
import { demoIdleStaff } from '../../db/workforce/demo-shifts.ts';
import type { DemoTenant } from '../../db/workforce/demo-tenant.ts';
import { addEmergencyContact } from '../../db/workforce/staff-profile.ts';
import { saveTaxForm, submitTaxForm } from '../../db/workforce/tax-forms.ts';
import { seal } from '../../shared/secret-box.ts';
import { addDays } from '../../shared/warranty.ts';

/** What the first workers have filled in of their profiles: whom to call, where to be paid, a tax form, when they have time. */
export async function completeProfiles(
  tx: Transaction,
  { id: tenantId, staff }: DemoTenant,
  { today, secrets }: { today: string; secrets: readonly string[] | undefined },
): Promise<void> {
  for (const { staffId } of staff.slice(0, demoIdleStaff)) {
    const own = { tenantId, staffId };
    await addEmergencyContact(tx, own, { fullName: 'Rosa Iglesias', phone: '+12025550190', relationship: 'Sister' });
    await addStaffAccount(tx, own, {
      bankName: 'Pier Savings Bank',
      accountSealed: seal('000987654321', 'workforce account number', secrets),
      accountLast4: '4321',
      routingNumber: '021000021',
      accountType: 'CHECKING',
      isPrimary: true,
    });
    const nationalId = { sealed: seal('900123456', 'workforce national id', secrets), last4: '3456' };
    await saveTaxForm(tx, own, { formType: 'W4', fields: { filingStatus: 'single', dependents: 0 }, nationalId });
    await submitTaxForm(tx, own, 'W4');
    await setAvailableDays(tx, { ...own, startDate: today, endDate: addDays(today, 13) }, [1, 2, 3, 4, 5, 6]);
  }
}
