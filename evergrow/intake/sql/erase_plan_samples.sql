alter table plan_samples delete
where workspace_id = {workspace_id:UInt32}
    and (
        multiSearchAnyCaseInsensitiveUTF8(message, {words:Array(String)})
        or multiSearchAnyCaseInsensitiveUTF8(detail, {words:Array(String)})
    )
settings mutations_sync = 2
