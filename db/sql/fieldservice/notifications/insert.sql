-- Always one row.
insert into fieldservice.notifications (id, tenant_id, send_id, invite_id, channel, recipient, subject, body, invoice_id, status, error)
values (${id}, ${tenantId}, ${sendId}, ${inviteId}, ${channel}, ${recipient}, ${subject}, ${body}, ${invoiceId}, ${status}, ${error})
returning id;
