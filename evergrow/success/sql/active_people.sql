-- How many different people of each account did anything from :since up to the day before :today.
select account, groupBitmapMerge(people) as people
from account_day
where workspace_id = {workspace_id:UInt32} and day >= {since:Date} and day < {today:Date}
group by account
having people > 0
order by account
