# The chain: 0007_review comes before this once it is there.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0007_review'),
    ]

    operations = [
        migrations.CreateModel(
            name='PagePlacing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('placing', models.JSONField(null=True)),
                ('more', models.BooleanField(default=False)),
                ('reason', models.TextField(blank=True)),
                ('by', models.TextField()),
                ('at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('fault', models.TextField(blank=True)),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='placings', to='store.page')),
                ('sighting', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='placings', to='store.sighting')),
            ],
            options={
                'indexes': [models.Index(fields=['page', 'id'], name='placings_by_page')],
            },
        ),
    ]
