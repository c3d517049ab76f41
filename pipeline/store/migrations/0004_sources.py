# Written by hand: a nomination is no row of its own any more, but what sources share.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0003_merging'),
    ]

    operations = [
        migrations.RemoveField(model_name='nominationsource', name='nomination'),
        migrations.RenameField(model_name='nominationsource', old_name='nomination_key', new_name='nomination'),
        migrations.AlterField(
            model_name='nominationsource',
            name='nomination',
            field=models.CharField(db_index=True, max_length=32),
        ),
        migrations.AlterField(
            model_name='nominationsource',
            name='own_id',
            field=models.CharField(max_length=32, unique=True),
        ),
        migrations.AlterField(
            model_name='nominationsource',
            name='key',
            field=models.CharField(max_length=600),
        ),
        migrations.AlterField(
            model_name='nominationsource',
            name='organisation',
            field=models.CharField(db_index=True, max_length=6),
        ),
        migrations.RemoveField(
            model_name='nominationalias',
            name='nomination',
        ),
        migrations.AddConstraint(
            model_name='nominationsource',
            constraint=models.UniqueConstraint(fields=('organisation', 'source'), name='one_source_per_name'),
        ),
        migrations.AddConstraint(
            model_name='nominationsource',
            constraint=models.UniqueConstraint(fields=('organisation', 'key'), name='one_source_per_key'),
        ),
        migrations.DeleteModel(
            name='NominationAlias',
        ),
        migrations.DeleteModel(
            name='Nomination',
        ),
    ]
