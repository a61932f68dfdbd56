/** A customer of a tenant: whose data a client's request is about. */
export interface BusinessKey {
  tenantId: string;
  businessId: string;
}
