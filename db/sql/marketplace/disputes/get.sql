-- No row: there is no such dispute.
select order_id, status
from marketplace.disputes
where dispute_id = ${disputeId};
